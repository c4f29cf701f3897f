import { expect, test } from "vitest";
import { readAudience } from "../../../installer/cli/audience.ts";
import { readConfig } from "../../../installer/cli/read-config.ts";
import type { Situation } from "../../../installer/cli/situation.ts";
import { commitGeneration, currentGeneration } from "../../../installer/generations/generations.ts";
import { FakeHost } from "../../fake-host.ts";

const before = `users:
  admin: [teacher]
  allowed: [ada, bob, "anna-lena"]
auth:
  type: dummy
  allow_dummy: true
  DummyAuthenticator: { password: hunter2, any_allow_config: true }
`;

/** Who is there when the file is changed from `before` to `after`, with servers of ada, anna-lena and teacher. */
async function audience(after: string, roster?: string) {
  const machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
  machine.programs["systemctl"] = () =>
    ["ada", "anna\\x2dlena", "teacher"]
      .map((instance) => `Id=homeroom-user@${instance}.service\nActiveState=active\n`)
      .join("\n");
  const made = { version: 1 as const, number: 1, created: "", release: "1", task: "", who: "", config: "" };
  await commitGeneration(machine, { ...made, resources: [] }, { config: before, roster: undefined });
  machine.put("/etc/homeroom/config.yaml", after);
  if (roster !== undefined) machine.put("/etc/homeroom/roster.csv", roster);
  const situation = {
    generation: await currentGeneration(machine),
    read: await readConfig(machine),
    release: { version: "1" },
  };
  return readAudience(machine, situation as Situation);
}

test("everybody's server is counted, and what was asked for is said without secrets", async () => {
  const { running, changes, stopped, waitsForNextStart } = await audience(
    `${before.replace("hunter2", "hunter3")}limits:\n  cpu: 2\n`,
  );
  expect({ running, stopped, waitsForNextStart }).toEqual({
    running: ["jupyter-ada", "jupyter-anna-lena", "jupyter-teacher"],
    stopped: [],
    waitsForNextStart: false,
  });
  expect(changes.join()).toContain("limits.cpu (none) -> 2");
  expect(changes.join()).not.toContain("hunter");
});

test("whoever may not log in any more loses the running server, others do not", async () => {
  const without = before
    .replace(', "anna-lena"', "")
    .replace("any_allow_config: true", "any_allow_config: false");
  expect((await audience(without)).stopped).toEqual(["anna-lena"]);
  expect((await audience(without, "username\nanna-lena\n")).stopped).toEqual([]);
  expect((await audience(before.replace("users:", "users:\n  banned: [ada, carol]"))).stopped).toEqual([
    "ada",
  ]);
});

test("some settings wait for the next start of a server", async () => {
  const classic = `${before}user_environment:\n  default_app: classic\n`;
  expect((await audience(classic)).waitsForNextStart).toBe(true);
});
