import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { installedMachine, invocations, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** What a teacher or an admin adds to a class: one machine, one image. */
let machine: Machine;
beforeAll(async () => {
  machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "classroom" });
});
afterAll(async () => {
  await machine?.down();
});

const apply = (okCodes: readonly number[] = [0]) => shell(machine, "homeroom apply --yes", okCodes);

describe("a notice", () => {
  test("stands on the login page within a second or two, as text, and restarts nothing", async () => {
    const before = await invocations(machine);
    await shell(machine, "homeroom config set classroom.notice='Exam at <ten>' --yes");
    expect(await invocations(machine)).toBe(before);
    const login = async () => (await fetch(`${machine.url}/hub/login`)).text();
    expect(await login()).toContain("Exam at &lt;ten&gt;");
    await shell(machine, "homeroom config set classroom.notice='' --yes");
    expect(await login()).not.toContain("Exam at");
    expect(await invocations(machine)).toBe(before);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});

describe("the hub's configuration of an admin's own", () => {
  const folder = "/etc/homeroom/jupyterhub_config.d";
  const write = (name: string, text: string) =>
    shell(machine, `cat >${folder}/${name} <<'END'\n${text}\nEND`);

  test("the example is tried, taken into use, and named by status", async () => {
    await shell(machine, `cp /opt/homeroom/current/templates/examples/jupyterhub_config.d/*.py ${folder}/`);
    expect(await shell(machine, "homeroom status")).toContain("50-sign-in-days.py (new)");
    expect(await apply()).toContain("Try the hub with your own configuration");
    const status = await shell(machine, "homeroom status");
    expect(status).toContain("own configuration of the hub: 50-sign-in-days.py\n");
    expect(status).toMatch(/^healthy/);
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test.each([
    ["c.Spawner.args = [\nc.x", /line 1: SyntaxError/],
    ["\n\nimport no_such_package", /line 3: ModuleNotFoundError/],
    ["c.JupyterHub.cookie_max_age_days = 'two'", /line 1: TraitError/],
    ["# a comment\nc.Spawner.start_timeout = 'long'", /line 2: TraitError/],
    ["c.JupyterHub.cookie_max_days = 2", /line 1: HomeroomHub knows no setting cookie_max_days/],
    ["open('/var/lib/homeroom/marked', 'w')", /line 1: (OSError|PermissionError)/],
    ["c.JupyterHub.authenticator_class = 'none.Such'", /line 1: TraitError/],
  ])("a mistake is named with file and line, and nobody notices: %j", async (text, words) => {
    const before = await invocations(machine);
    await write("60-mistake.py", text);
    const said = await apply([1]);
    expect(said).toContain(`${folder}/60-mistake.py, line`);
    expect(said).toMatch(words);
    expect(said).toContain("is in use as before");
    expect(await invocations(machine)).toBe(before);
    expect(await shell(machine, "ls /var/lib/homeroom/compiled/jupyterhub_config.d")).toBe(
      "50-sign-in-days.py\n",
    );
    expect(await shell(machine, "ls /run/homeroom")).not.toContain("trial");
    await shell(machine, `rm ${folder}/60-mistake.py`);
  });

  test("one that others could change is refused", async () => {
    await write("60-open.py", "c.Spawner.args = []");
    await shell(machine, `chmod g+w ${folder}/60-open.py`);
    expect(await apply([78])).toContain(`Not only root may change ${folder}/60-open.py`);
    await shell(machine, `rm ${folder}/60-open.py`);
  });

  test("taken away, it counts no more", async () => {
    await shell(machine, `rm ${folder}/*.py`);
    await apply();
    expect(await shell(machine, "homeroom status")).not.toContain("own configuration");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });
});
