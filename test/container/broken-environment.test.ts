import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

const environment = "/opt/homeroom/environment";
const site = `${environment}/lib/python3.*/site-packages`;
const home = "/home/jupyter-alice";

/** What admins do to an environment, and what their students' kernels run from until it is repaired. */
const breaks = [
  {
    how: "jupyterlab removed",
    by: `${environment}/bin/pip uninstall --yes jupyterlab`,
    kernel: "environments",
  },
  { how: "half deleted", by: `rm -rf ${site}/tornado ${site}/jupyter_server/base`, kernel: "hub" },
  {
    how: "a compiled package of another ABI",
    by: `for so in ${site}/zmq/backend/cython/*.so; do echo none >$so; done`,
    kernel: "hub",
  },
  { how: "no interpreter", by: `ln -sfn /usr/bin/python3.99 ${environment}/bin/python`, kernel: "hub" },
];

/** Building an environment takes much where other work takes the processors. */
const building = { timeout: 10 * 60_000 };

describe.each(testImages)("what is broken on %s", (image) => {
  let machine: Machine;
  let alice: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "broken" });
    await shell(machine, "homeroom config add users.allowed alice");
    // What is done before the first snapshot is no change of it.
    await shell(
      machine,
      "timeout 120 sh -c 'until [ -e /var/lib/homeroom/snapshots/latest ]; do sleep 0.2; done'",
    );
    alice = new HubClient(`${machine.url}/`);
    await alice.login("alice", "password-of-alice");
    await alice.startServer("alice");
  });
  afterAll(async () => {
    await machine?.down();
  });

  const polling = { timeout: 60_000, interval: 1000 };

  /** The page that alice sees after her server was started anew. */
  async function startAnew(): Promise<string> {
    await shell(machine, "systemctl stop homeroom-user@alice.service");
    await alice.startServer("alice");
    return (await alice.get("user/alice/lab")).body;
  }

  const interpreter = () => alice.run("alice", "import sys; print(sys.prefix, 5*4)");

  test("an environment that starts servers is known to", async () => {
    const history = async () => {
      const { stdout } = await machine.exec(["homeroom", "env", "history", "--json"]);
      return JSON.parse(stdout) as { inUse: boolean; works: boolean | null }[];
    };
    await expect.poll(history, polling).toContainEqual(expect.objectContaining({ inUse: true, works: true }));
  });

  test.each(breaks)(
    "an environment with $how: servers start all the same, and one command repairs it",
    building,
    async (broken) => {
      const before = await interpreter();
      await shell(machine, `runuser -u jupyter-${admin} -- bash -c '${broken.by}'`);
      expect(await startAnew()).toMatch(
        /id="homeroom-notice"[^>]*>The class&#x27;s Python environment cannot start/,
      );
      expect(await interpreter()).toMatch(new RegExp(`^/opt/homeroom/${broken.kernel}/\\w+ 20$`));
      await expect
        .poll(() => shell(machine, "homeroom status", [0, 1]), polling)
        .toContain("No notebook server starts from the shared environment");
      expect(await shell(machine, "homeroom env repair")).toContain("Applied");
      expect(await startAnew()).not.toContain("homeroom-notice");
      expect(await interpreter()).not.toBe(before);
      expect(await interpreter()).toMatch(/^\/opt\/homeroom\/environments\/\w+ 20$/);
      expect(await shell(machine, "homeroom status")).toContain("healthy");
    },
  );

  test("a home whose settings keep a server from starting comes up in safe mode, and is reset with nothing deleted", async () => {
    const asAlice = (line: string) => shell(machine, `runuser -u jupyter-alice -- bash -c '${line}'`);
    await asAlice(
      `mkdir -p ${home}/.jupyter && echo "raise SystemExit(3)" >${home}/.jupyter/jupyter_server_config.py`,
    );
    expect(await startAnew()).toMatch(/id="homeroom-notice"[^>]*>Safe mode/);
    expect(await alice.run("alice", "5*4")).toBe("20");
    const said = await alice.run("alice", "print(__import__('subprocess').getoutput('homeroom-reset-home'))");
    const aside = /\.jupyter is now (?<place>\S+)/.exec(said)?.groups?.["place"];
    expect(await shell(machine, `cat ${home}/${aside}/jupyter_server_config.py`)).toBe(
      "raise SystemExit(3)\n",
    );
    expect(await startAnew()).not.toContain("homeroom-notice");
  });

  test("a home without room for a byte keeps no server from starting", async () => {
    await shell(
      machine,
      `systemctl stop homeroom-user@alice.service; mount -t tmpfs -o size=64k,uid=$(id -u jupyter-alice),mode=700 none ${home}; cat /dev/zero >${home}/full || true`,
    );
    await alice.startServer("alice");
    expect(await alice.run("alice", "open('more', 'w').write('x' * 9000)")).toContain("No space left");
    await shell(machine, `systemctl stop homeroom-user@alice.service; umount -l ${home}`);
  });
});
