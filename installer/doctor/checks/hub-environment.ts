import { error, type Check } from "../check.ts";

/** The hub's own Python starts and finds JupyterHub. */
export const hubEnvironment: Check = {
  id: "hub-environment",
  title: "The hub's own packages",
  area: "environment",
  async examine({ host, generation }) {
    const hub = generation?.resources.find(
      ({ kind, id }) => kind === "python-environment" && id.startsWith("/opt/homeroom/hub/"),
    );
    if (hub === undefined) return [];
    const argv = [
      "setpriv",
      "--reuid=homeroom-hub",
      "--regid=homeroom-hub",
      "--clear-groups",
      "--no-new-privs",
      "--",
    ];
    const { exitCode, stderr } = await host.query(
      [...argv, `${hub.id}/bin/python`, "-I", "-c", "import jupyterhub.app"],
      {
        okCodes: [0, 1, 126, 127],
        timeoutMs: 60_000,
      },
    );
    if (exitCode === 0) return [];
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    return [
      error(
        `The hub's environment cannot start a hub: ${reason}`,
        `Build it anew: sudo rm -rf ${hub.id} && sudo homeroom install`,
        hub.id,
      ),
    ];
  },
  // It is root's, nobody else can write there, and a plan builds what is missing.
  fix: {
    async repair(host, { about = "" }) {
      await host.removeTree(about);
    },
    apply: true,
  },
};
