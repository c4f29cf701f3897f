import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** The config on a machine with a hub; what can be shown without one is shown in test/cli. One image is enough. */
let machine: Machine;
beforeAll(async () => {
  machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "config" });
});
afterAll(async () => {
  await machine?.down();
});

async function generation(): Promise<number> {
  const { generation: number } = JSON.parse(await shell(machine, "homeroom status --json")) as {
    generation: number;
  };
  return number;
}

test("several values in one call are one change", async () => {
  const before = await generation();
  await shell(
    machine,
    "homeroom config set limits.memory=768M limits.cpu=1.5 services.cull.timeout=1200 --yes",
  );
  expect(await generation()).toBe(before + 1);
  expect(await shell(machine, "homeroom config history | tail -n 1")).toMatch(
    /limits\.cpu.*limits\.memory.*services\.cull\.timeout/,
  );
});

test("a hand edit is told by status, shown by diff, and taken by apply", async () => {
  const before = await generation();
  await shell(machine, "sed -i 's/768M/640M/' /etc/homeroom/config.yaml");
  expect(await shell(machine, "homeroom status")).toContain("differs from what is live");
  expect(await shell(machine, "homeroom config diff", [2])).toMatch(/^-.*768M\n\+.*640M$/m);
  expect(await shell(machine, "homeroom apply")).toContain(`Applied: generation ${before + 1}`);
  expect(await shell(machine, "homeroom status")).not.toContain("differs");
});

test("an edit is applied when the editor ends", async () => {
  const before = await generation();
  const said = await shell(machine, "EDITOR=\"sed -i 's/640M/512M/'\" homeroom config edit --yes");
  expect(said).toContain(`Applied: generation ${before + 1}`);
  expect(await shell(machine, "homeroom config get limits.memory")).toBe("512M\n");
});

test("an earlier generation comes back by number, and says what does not", async () => {
  const before = await generation();
  await shell(machine, "homeroom config set limits.memory=900M --yes");
  const said = await shell(machine, `homeroom config rollback ${before} --yes`);
  expect(said).toContain(`Back to generation ${before}`);
  expect(said).toContain("What that does not bring back:");
  expect(said).toContain(`Applied: generation ${before + 2}`);
  expect(await shell(machine, "homeroom config get limits.memory")).toBe("512M\n");
  expect(await shell(machine, `homeroom config diff ${before} ${before + 2}`)).toContain("No difference");
});

test("a hub that starts and is not healthy is taken back, with the last words of its log", async () => {
  // As an authenticator of a school's own may be: importable, and broken at its login page.
  const code = `from firstuseauthenticator import FirstUseAuthenticator

class Broken(FirstUseAuthenticator):
    def get_custom_html(self, base_url):
        raise RuntimeError("the school directory is away")
`;
  const packages = "$(echo /opt/homeroom/hub/*/lib/python3.*/site-packages)";
  await shell(machine, `cat >${packages}/school.py <<'END'\n${code}END`);
  const before = await generation();
  const said = await shell(machine, "homeroom config set auth.type=school.Broken --yes", [1]);
  expect(said).toContain("The login page answers 500.");
  expect(said).toContain("homeroom-hub.service said last:");
  expect(said).toContain("the school directory is away");
  expect(said).toContain(`Everything was taken back: generation ${before} is in use as before.`);
  expect(said).toContain("The config is as it was.");
  expect(await generation()).toBe(before);
  expect(await shell(machine, "homeroom config history | tail -n 1")).toContain("taken back");
  expect(await shell(machine, "homeroom status")).toMatch(/^healthy/m);
  expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
});
