import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { HubClient } from "../hub-client.ts";
import {
  hubAnswers,
  installedMachine,
  serveRelease,
  shell,
  siteOf,
  writtenFiles,
} from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";
import type { Registry } from "../registry/registry.ts";
import { unnoticedBy } from "../unnoticed-by.ts";
import { variantRelease, type Patch } from "../variant-release.ts";

/** What is tested is the same on every image: one is enough. */
const [image = "bookworm"] = testImages;

/** From 0.2 on `services.cull.concurrency` has another name, and a unit and a template are others. */
const line02: Patch[] = [
  { file: "config/schema.json", from: '"concurrency": {', to: '"at_once": {' },
  { file: "config/normalize.ts", from: "cull.concurrency ??", to: "(cull as any).at_once ??" },
  {
    file: "installer/upgrade/migrate-config.ts",
    from: "const migrations: readonly Migration[] = [];",
    to: `const migrations: readonly Migration[] = [{
      release: "0.2.0",
      words: "\`services.cull.concurrency\` is called \`services.cull.at_once\`",
      edit: (text) => text.replace("concurrency:", "at_once:"),
    }];`,
  },
  { file: "templates/units/homeroom-hub.service", from: "OOMScoreAdjust=-500", to: "OOMScoreAdjust=-499" },
  { file: "templates/tmpfiles/homeroom.conf", from: "\n", to: "\n# of another release\n" },
];

/** A hub that migrates the database to a revision that no other release knows, and then does not come up. */
const deadHub: Patch[] = [
  ...line02,
  {
    file: "templates/hub/prepare_database.py",
    from: "    found = revision_of(path)\n    parents = parents_in(versions)\n",
    to: '    found = revision_of(path)\n    parents = parents_in(versions)\n    parents["ffffffffffff"] = head_of(parents)\n',
  },
  {
    file: "templates/hub/prepare_database.py",
    from: '        run([sys.executable, "-I", "-m", "alembic", "-c", f"{folder}/alembic.ini", "upgrade", head], check=True)\n',
    to: '        with closing(sqlite3.connect(new)) as database:\n            database.execute("UPDATE alembic_version SET version_num = ?", (head,))\n            database.execute("DELETE FROM users")\n            database.commit()\n',
  },
  {
    file: "templates/hub/hub_main.py",
    from: "    print(done, file=sys.stderr)\n",
    to: '    print(done, file=sys.stderr)\nsys.exit("this hub is broken")\n',
  },
];

let machine: Machine;
let alice: HubClient;
let registry: Registry;
let site: string;
/** The last one that is made by the release before. */
let generation: number;
beforeAll(async () => {
  machine = await installedMachine(image, { purpose: "upgrade" });
  const newer = await Promise.all([
    variantRelease("0.2.0", line02),
    variantRelease("0.2.1", deadHub),
    variantRelease("0.3.0", line02),
  ]);
  registry = await serveRelease({ newer, sign: generateKeyPairSync("ec", { namedCurve: "P-256" }) });
  site = await siteOf(machine, registry.port);
  await letIn(machine, "alice");
  await shell(machine, "homeroom config set services.cull.concurrency=7");
  const status = JSON.parse(await shell(machine, "homeroom status --json")) as { generation: number };
  ({ generation } = status);
  alice = await atWork(machine, "alice");
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await machine?.down();
});

const unnoticed = (act: () => Promise<unknown>) => unnoticedBy(machine, alice, "alice", act);
const homeroom = (line: string, okCodes: readonly number[] = [0]) =>
  shell(machine, `export HOMEROOM_REGISTRY=${site}; homeroom ${line}`, okCodes);
const inUse = () => shell(machine, "homeroom version");
const concurrency = () => shell(machine, "grep -E 'concurrency|at_once' /etc/homeroom/config.yaml");

test("it says what there is, and refuses two minor versions at once before anything is touched", async () => {
  const before = await writtenFiles(machine);
  expect(JSON.parse(await homeroom("upgrade --check --json", [2]))).toMatchObject({
    current: "0.1.0",
    available: "0.3.0",
    path: ["0.2.1", "0.3.0"],
  });
  expect(await homeroom("upgrade", [1])).toContain("From 0.1.0 to 0.3.0 it goes through 0.2.1");
  expect(await writtenFiles(machine)).toBe(before);
});

test("what the registry did not sign is refused", async () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const newer = [await variantRelease("0.1.1")];
  await using forged = await serveRelease({ newer, sign: { privateKey, publicKey: other.publicKey } });
  const said = await shell(
    machine,
    `HOMEROOM_REGISTRY=${await siteOf(machine, forged.port)} homeroom upgrade`,
    [1],
  );
  expect(said).toContain("The signature of homeroom 0.1.1 is wrong");
  expect(await shell(machine, "ls /opt/homeroom/releases")).toBe("0.1.0\n");
});

test("to the next minor version while alice computes: nobody notices, and the config speaks its language", async () => {
  await unnoticed(async () => {
    const said = await homeroom("upgrade --to 0.2.0");
    expect(said).toContain("`services.cull.concurrency` is called `services.cull.at_once`");
    expect(said).toMatch(/^-\s+concurrency: 7$[^]*^\+\s+at_once: 7$/m);
    expect(said).not.toContain("signs nothing");
  });
  expect(await inUse()).toBe("homeroom 0.2.0\n");
  expect(await concurrency()).toMatch(/at_once: 7/);
  expect(await shell(machine, "systemctl show -P OOMScoreAdjust homeroom-hub")).toBe("-499\n");
  expect(await homeroom("plan")).toContain("Nothing to do");
});

test("a hub that does not come up: release, config and database are as before, and why is said", async () => {
  const revision = `python3 -c "import sqlite3; print(*sqlite3.connect('/var/lib/homeroom/hub/jupyterhub.sqlite').execute('SELECT version_num, (SELECT count(*) FROM users) FROM alembic_version').fetchone())"`;
  const before = [await shell(machine, revision), await concurrency()];
  await using kernel = await alice.kernel("alice");
  const said = await homeroom("upgrade --to 0.2.1", [1]);
  expect(said).toContain("this hub is broken");
  expect(said).toContain("Everything was taken back");
  expect(await kernel.run("6*7")).toBe("42");
  expect(await inUse()).toBe("homeroom 0.2.0\n");
  expect([await shell(machine, revision), await concurrency()]).toEqual(before);
  expect(await shell(machine, "ls /var/lib/homeroom/hub")).toContain("jupyterhub.sqlite.ffffffffffff");
  expect(await homeroom("plan")).toContain("Nothing to do");
});

test("killed in the middle, the next command gives back what was", async () => {
  const count = "ls /var/lib/homeroom/journal | wc -l";
  await homeroom(
    `version; n=$(${count}); homeroom upgrade --to 0.3.0 & while [ "$(${count})" = "$n" ]; do :; done; sleep 0.5
    for p in /proc/[0-9]*; do grep -qxzE '/opt/homeroom/.*/dist/homeroom[.]mjs' $p/cmdline && kill -9 \${p#/proc/}; done; wait; true`,
  );
  const said = await homeroom("apply");
  expect(said).toContain("`homeroom upgrade` of root");
  expect(said).toContain("what it had begun was taken back");
  await hubAnswers(machine);
  expect(await inUse()).toBe("homeroom 0.2.0\n");
  expect(await homeroom("plan")).toContain("Nothing to do");
});

test("back to a generation of the release before, while alice computes", async () => {
  await unnoticed(() => homeroom(`config rollback ${generation} --yes`));
  expect(await inUse()).toBe("homeroom 0.1.0\n");
  expect(await concurrency()).toMatch(/concurrency: 7/);
  expect(await shell(machine, "systemctl show -P OOMScoreAdjust homeroom-hub")).toBe("-500\n");
  expect(await homeroom("plan")).toContain("Nothing to do");
});

test("a release that is not in use any more changes nothing but by an upgrade", async () => {
  const node = "/opt/homeroom/runtimes/node-*/bin/node";
  const other = `${node} /opt/homeroom/releases/0.2.0/dist/homeroom.mjs`;
  expect(await shell(machine, `${other} apply`)).toContain("Nothing to do");
  expect(await shell(machine, `HOMEROOM_HANDED_OVER=yes ${other} apply`, [1])).toContain(
    "This is Homeroom 0.2.0, and 0.1.0 is in use",
  );
});

test("a database of an older JupyterHub is migrated by the hub in its own sandbox, when it starts", async () => {
  const hub = "/var/lib/homeroom/hub";
  await shell(
    machine,
    `python=$(ls -d /opt/homeroom/hub/*/bin/python | head -n 1)
    systemctl stop homeroom-hub.socket homeroom-credentials.socket homeroom-hub
    cd /tmp && $python -I -c "
from alembic import command
from alembic.config import Config
from jupyterhub.dbutil import write_alembic_ini
write_alembic_ini('/tmp/alembic.ini', 'sqlite:///${hub}/jupyterhub.sqlite')
command.downgrade(Config('/tmp/alembic.ini'), '-1')"
    chown homeroom-hub: ${hub}/jupyterhub.sqlite
    systemctl start homeroom-hub.socket homeroom-credentials.socket homeroom-hub`,
  );
  await hubAnswers(machine);
  expect(await shell(machine, "journalctl -u homeroom-hub -o cat")).toMatch(
    /jupyterhub\.sqlite: migrated from \w+ to/,
  );
  expect((await alice.get("hub/home")).url.pathname).toBe("/hub/home");
});
