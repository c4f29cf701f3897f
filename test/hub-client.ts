import { request, type IncomingHttpHeaders } from "node:http";
import { request as requestEncrypted } from "node:https";

/** A person with a browser, for tests and benchmarks: cookies, redirects, forms, and a kernel's websocket. */
export class HubClient {
  readonly #origin: string;
  readonly #base: string;
  readonly #jar = new Map<string, Cookie>();
  /** Where every name leads, as a name server would say; undefined asks the real one. */
  readonly #at: string | undefined;

  /**
   * @param address of the hub with its base_url, as in http://10.0.0.2/
   * @param at the address that all names lead to, where no name server knows them
   */
  constructor(address: string, at?: string) {
    const url = new URL(address);
    this.#at = at;
    this.#origin = url.origin;
    this.#base = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
  }

  /** Logs in by the form; returns the answer to it, redirects followed. */
  async login(name: string, password: string): Promise<Answer> {
    return this.submitLogin(await this.openLogin(), name, password);
  }

  /** Opens the login page; returns the token that its form sends along. */
  async openLogin(): Promise<string> {
    const page = await this.get("hub/login");
    return /name="_xsrf"\s+value="([^"]*)"/.exec(page.body)?.[1] ?? this.#xsrf("hub/login");
  }

  /** Sends the login page's form; returns the answer to it, redirects followed. */
  submitLogin(xsrf: string, name: string, password: string): Promise<Answer> {
    const form = new URLSearchParams({ _xsrf: xsrf, username: name, password });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.request("hub/login?next=", { method: "POST", body: form.toString(), headers });
  }

  /** Whether the hub knows who this is. */
  async isLoggedIn(): Promise<boolean> {
    const { status, url } = await this.get("hub/home");
    return status === 200 && url.pathname.endsWith("/hub/home");
  }

  /** Starts the person's server where it is not running, and waits until it answers as them. */
  async startServer(name: string, timeoutMs = 120_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let last: Answer | undefined;
    while (Date.now() < deadline) {
      const status = await this.get(`user/${name}/api/status`);
      if (status.status === 200) return;
      last = await this.get(`hub/spawn/${name}`);
      if (last.status >= 500) break;
      last = await this.get(`user/${name}/lab`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(
      `no server for ${name}: ${last?.status} ${last?.url.pathname} ${last?.body.slice(0, 2000)}`,
    );
  }

  /** Runs code in a new kernel; returns what it printed and its last value as text. */
  async run(name: string, code: string, timeoutMs = 120_000): Promise<string> {
    await using kernel = await this.kernel(name);
    return await kernel.run(code, timeoutMs);
  }

  /** A kernel of the person's server with its websocket open. @param server its address, where that is another than the hub's */
  async kernel(name: string, server = ""): Promise<Kernel> {
    const kernels = `${server}user/${name}/api/kernels`;
    const made = await this.api(kernels, {
      method: "POST",
      body: JSON.stringify({ name: "python3" }),
    });
    if (made.status !== 201) throw new Error(`no kernel: ${made.status} ${made.body.slice(0, 500)}`);
    const { id } = JSON.parse(made.body) as { id: string };
    const socket = await this.socket(`${kernels}/${id}/channels`);
    return new Kernel(socket, async () => {
      await this.api(`${kernels}/${id}`, { method: "DELETE" });
    });
  }

  /** An open websocket below base_url, or at a whole address. */
  async socket(path: string): Promise<WebSocket> {
    const url = new URL(path, `${this.#origin}${this.#base}`);
    const headers = { cookie: this.cookies(url) };
    url.protocol = url.protocol.replace("http", "ws");
    const address = url.href;
    // Node's WebSocket takes headers beside the protocols, and what connects.
    const socket = new WebSocket(address, { headers, ...connectingTo(this.#at) });
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve(), { once: true });
      socket.addEventListener("error", () => reject(new Error(`no websocket at ${address}`)), { once: true });
    });
    return socket;
  }

  get(path: string): Promise<Answer> {
    return this.request(path, {});
  }

  /** A request as JupyterLab makes it: with the XSRF header of the person's server. */
  api(path: string, init: { method: string; body?: string }): Promise<Answer> {
    return this.request(path, {
      ...init,
      headers: { "x-xsrftoken": this.#xsrf(path), "content-type": "application/json" },
    });
  }

  /** A request below base_url, or to a whole address, with cookies; redirects are followed as a browser does. */
  async request(path: string, init: Request): Promise<Answer> {
    let url = new URL(path, `${this.#origin}${this.#base}`);
    let next: Request = init;
    for (let hops = 0; hops < 20; hops += 1) {
      const cookie = this.cookies(url);
      const headers = { ...next.headers, ...(cookie === "" ? {} : { cookie }) };
      const response = await send(url, { ...next, headers }, this.#at);
      this.#keep(url, response.headers["set-cookie"] ?? []);
      const { location } = response.headers;
      if (location === undefined || response.status < 300 || response.status > 399) {
        return { ...response, url };
      }
      url = new URL(location, url);
      next = response.status >= 307 ? init : {};
    }
    throw new Error(`too many redirects at ${url.pathname}`);
  }

  #keep({ hostname }: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf("="));
      const path = attributes.find((a) => /^path=/i.test(a))?.slice(5) ?? "/";
      const domain = attributes
        .find((a) => /^domain=/i.test(a))
        ?.slice(7)
        .replace(/^\./, "");
      const key = `${domain ?? hostname} ${path} ${name}`;
      const gone = attributes.some((a) => /^(max-age=0|expires=.*(19|200|201)\d)/i.test(a));
      const value = pair.slice(pair.indexOf("=") + 1);
      if (gone) this.#jar.delete(key);
      else this.#jar.set(key, { name, value, path, host: domain ?? hostname, below: domain !== undefined });
    }
  }

  /** What the browser would send there, as the header has it; longest path first. */
  cookies({ hostname, pathname }: URL): string {
    return [...this.#jar.values()]
      .filter(({ host, below }) => hostname === host || (below && hostname.endsWith(`.${host}`)))
      .filter(({ path }) => pathname.startsWith(path))
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  #xsrf(path: string): string {
    const cookies = this.cookies(new URL(path, `${this.#origin}${this.#base}`));
    return /(?:^|; )_xsrf=([^;]*)/.exec(cookies)?.[1]?.replace(/^"|"$/g, "") ?? "";
  }
}

/** For Node's WebSocket: every name leads to one address. Its Agent has no other name that can be imported. */
function connectingTo(at: string | undefined): object {
  if (at === undefined) return {};
  const current = (globalThis as Record<symbol, unknown>)[Symbol.for("undici.globalDispatcher.2")];
  const Agent = (current as object).constructor as new (options: object) => object;
  const lookup = (_name: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address: at, family: 4 }]);
  return { dispatcher: new Agent({ connect: { lookup } }) };
}

interface Cookie {
  name: string;
  value: string;
  path: string;
  /** Of whoever set it, or the domain that it is for. */
  host: string;
  /** Names below the host get it too. */
  below: boolean;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  url: URL;
  body: string;
}

interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * One request. Not by fetch: Node's names itself a cross-origin one (Sec-Fetch-Mode), which JupyterHub turns
 * away where it takes the address for a secure context, as 127.0.0.1.
 */
function send(
  url: URL,
  { method = "GET", headers = {}, body }: Request,
  at: string | undefined,
): Promise<Omit<Answer, "url">> {
  return new Promise((resolve, reject) => {
    const ask = url.protocol === "https:" ? requestEncrypted : request;
    const to = at === undefined ? {} : { hostname: at, servername: url.hostname };
    const named = { ...headers, host: url.host };
    const asked = ask(url, { method, headers: named, ...to }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString("utf8"),
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** An open websocket to a kernel (Jupyter's messaging protocol 5, JSON over one socket). */
export class Kernel {
  readonly socket: WebSocket;
  readonly #shutDown: () => Promise<void>;

  constructor(socket: WebSocket, shutDown: () => Promise<void>) {
    this.socket = socket;
    this.#shutDown = shutDown;
  }

  /** Executes code; what it printed, then its value or its error's name and text. */
  run(code: string, timeoutMs = 120_000): Promise<string> {
    const id = crypto.randomUUID();
    const header = {
      msg_id: id,
      msg_type: "execute_request",
      username: "",
      session: id,
      version: "5.3",
      date: new Date().toISOString(),
    };
    const content = {
      code,
      silent: false,
      store_history: false,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(new Error(`no answer to ${code}`)), timeoutMs);
      let output = "";
      const finish = (error?: Error) => {
        clearTimeout(timer);
        this.socket.removeEventListener("message", hear);
        this.socket.removeEventListener("close", gone);
        if (error === undefined) resolve(output.trim());
        else reject(error);
      };
      const gone = () => finish(new Error("the websocket closed"));
      const hear = (event: MessageEvent) => {
        const message = JSON.parse(String(event.data)) as Message;
        if (message.parent_header.msg_id !== id) return;
        const { content: said } = message;
        if (message.msg_type === "stream") output += said.text ?? "";
        if (message.msg_type === "execute_result") output += said.data?.["text/plain"] ?? "";
        if (message.msg_type === "error") output += `${said.ename}: ${said.evalue}`;
        if (message.msg_type === "status" && said.execution_state === "idle") finish();
        if (message.msg_type === "status" && said.execution_state === "restarting")
          finish(new Error("the kernel died"));
      };
      this.socket.addEventListener("message", hear);
      this.socket.addEventListener("close", gone);
      this.socket.send(
        JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] }),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.#shutDown();
  }
}

interface Message {
  msg_type: string;
  parent_header: { msg_id?: string };
  content: {
    text?: string;
    data?: Record<string, string>;
    ename?: string;
    evalue?: string;
    execution_state?: string;
  };
}
