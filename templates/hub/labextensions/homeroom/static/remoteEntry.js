/*
 * A federated extension of JupyterLab and of Notebook, by hand: they load this file, give the container they find under
 * the extension's name the modules that they share (webpack's module federation), and ask it for "./extension".
 */
(() => {
  const memory = "https://events.homeroom.invalid/memory";
  const notice = "https://events.homeroom.invalid/notice";
  const read = "homeroom:notice-read";
  let shared;

  const plugin = {
    id: "homeroom:messages",
    description: "Shows events of the server that are meant for the person, and the teacher's notice.",
    autoStart: true,
    activate: (app) => {
      void show(app.serviceManager.events);
      void showNotice(app.serviceManager.serverSettings);
    },
  };

  async function show(events) {
    const { Dialog, Notification, showDialog } = await load("@jupyterlab/apputils");
    for await (const event of events.stream) {
      if (event.schema_id === notice) void tell(event.text);
      if (event.schema_id !== memory) continue;
      const { message: title, advice: body } = event;
      const buttons = [Dialog.okButton()];
      const callback = () => void showDialog({ title, body, buttons });
      Notification.error(title, { autoClose: false, actions: [{ label: "What to do", callback }] });
    }
  }

  /** The notice that is there when the page is opened. */
  async function showNotice({ baseUrl }) {
    const answer = await fetch(`${baseUrl}homeroom/notice`);
    if (answer.ok) void tell((await answer.json()).text);
  }

  let told;

  /** One notice at a time; whoever says so has read it and meets it in this browser no more. */
  async function tell(text) {
    const { Dialog, Notification, showDialog } = await load("@jupyterlab/apputils");
    const last = told;
    told = undefined;
    if (last !== undefined) Notification.dismiss(last);
    if (text === "" || localStorage.getItem(read) === text) return;
    // JupyterLab shows 140 characters of a notification.
    const all = () => void showDialog({ title: "Notice", body: text, buttons: [Dialog.okButton()] });
    const gotIt = () => {
      localStorage.setItem(read, text);
      Notification.dismiss(id);
    };
    const actions = [{ label: "Got it", callback: gotIt }];
    if (text.length > 140) actions.unshift({ label: "Read all", callback: all });
    const id = Notification.info(text, { autoClose: false, actions });
    told = id;
  }

  /** A module that JupyterLab shares; it has one version of each. */
  async function load(name) {
    const [offer] = Object.values(shared[name]);
    return (await offer.get())();
  }

  const container = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
  const containers = "_JUPYTERLAB";
  window[containers] = { ...window[containers], homeroom: container };
})();
