import type { Machine } from "../../../installer/sandbox/machine.ts";
import { HubClient } from "../../hub-client.ts";
import { invocations } from "../../installed-machine.ts";
import { evenLoad, type Load } from "../even-load.ts";
import type { Figure } from "../figure.ts";
import { freshRequest } from "../fresh-request.ts";
import { logInToServer, stopServer } from "../log-in-to-server.ts";
import type { Row } from "../row.ts";
import { timeLine } from "../time-line.ts";

const student = "s03";
const slice = `homeroom-users-${student}.slice`;

/** Changes of the config while people work: of a limit, and of something that the hub itself is started with. */
export const liveChange: Row = {
  name: "live-change",
  async measure({ ours }) {
    const machine = await ours();
    const client = new HubClient(`${machine.url}/`);
    await logInToServer(client, student);
    const before = await invocations(machine);
    const limit = await whileTheyWork(machine, client, [
      () => limitReaches(machine, 700),
      () => limitReaches(machine, 800),
      () => limitReaches(machine, 900),
    ]);
    const restarted = before !== (await invocations(machine));
    const hub = await whileTheyWork(machine, client, [
      () => timeLine(machine, "homeroom config set user_environment.default_app=classic --yes"),
      () => timeLine(machine, "homeroom config set user_environment.default_app=jupyterlab --yes"),
    ]);
    await stopServer(client, student);
    return [
      {
        what: "a limit, from the command until a running server has it",
        unit: "s",
        ours: limit.seconds,
        must: { most: 1 },
      },
      { what: "services restarted by it", unit: "times", ours: [restarted ? 1 : 0], must: { most: 0 } },
      ...failures("a limit changes", limit),
      {
        what: "a change of the hub's own config, from the command until it is live and healthy",
        unit: "s",
        ours: hub.seconds,
        must: { most: 3 },
      },
      ...failures("the hub's config changes", hub),
    ];
  },
};

interface Worked {
  seconds: number[];
  hub: Load;
  server: Load;
  /** Whether the kernel's websocket carried a computation through all of it. */
  kept: boolean;
}

/** 500 requests and more to the hub, as many to a running server, and a websocket, while changes are made. */
async function whileTheyWork(
  machine: Machine,
  client: HubClient,
  changes: readonly (() => Promise<number>)[],
): Promise<Worked> {
  const seconds: number[] = [];
  const load = { count: 500, perSecond: 50 };
  const hub = { ...load, ask: async () => (await freshRequest(`${machine.url}/hub/login`)) === 200 };
  const server = {
    ...load,
    ask: async () => (await client.get(`user/${student}/api/status`)).status === 200,
  };
  await using kernel = await client.kernel(student);
  const computing = kernel.run("import time; time.sleep(5); 'still ' + 'here'");
  let onServer: Load | undefined;
  const onHub = await evenLoad(hub, async () => {
    onServer = await evenLoad(server, async () => {
      for (const change of changes) seconds.push(await change());
    });
  });
  const kept = (await computing) === "'still here'" && (await kernel.run("6*7")) === "42";
  return { seconds, hub: onHub, server: onServer ?? onHub, kept };
}

/** In the machine: from the start of the command until systemd has given the running server's slice the limit. */
function limitReaches(machine: Machine, mebibytes: number): Promise<number> {
  const bytes = mebibytes * 1024 ** 2;
  const reached = `until [ "$(systemctl show -P MemoryMax ${slice})" = ${bytes} ]; do sleep 0.01; done`;
  return timeLine(machine, `homeroom config set limits.memory=${mebibytes}M --yes 2>/dev/null & ${reached}`);
}

function failures(when: string, { hub, server, kept }: Worked): Figure[] {
  const must = { most: 0 };
  return [
    {
      what: `failed of ${hub.sent} requests to the hub while ${when}`,
      unit: "requests",
      ours: [hub.failed],
      must,
    },
    { what: `failed of ${server.sent} to a running server`, unit: "requests", ours: [server.failed], must },
    { what: "websockets lost", unit: "websockets", ours: [kept ? 0 : 1], must },
  ];
}
