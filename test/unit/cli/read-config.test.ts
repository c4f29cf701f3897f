import { expect, test } from "vitest";
import { configPath, readConfig } from "../../../installer/cli/read-config.ts";
import { rosterPath } from "../../../installer/cli/read-roster.ts";
import { hashOf } from "../../../installer/resources/hash.ts";
import { twins } from "../config/roster/twins.ts";
import { FakeHost } from "../../fake-host.ts";

const withConfig = (text: string) => new FakeHost({ [configPath]: text });

test("the config is read with its text, its hash and its warnings", async () => {
  const text = "base_url: hub101\n";
  const read = await readConfig(withConfig(text));
  expect(read).toMatchObject({ text, hash: hashOf(text), config: { baseUrl: "/hub101/" } });
  expect(read.warnings).toEqual([expect.stringMatching(/^\/etc\/homeroom\/config\.yaml:1:11: warning: /)]);
});

test("every error is told at once, as editors can jump to it", async () => {
  const text = "limits:\n  memroy: 1G\nhttp:\n  port: 99999\n";
  await expect(readConfig(withConfig(text))).rejects.toMatchObject({
    message: "/etc/homeroom/config.yaml has 2 errors; nothing was changed.",
    exitCode: 78,
    remedy: expect.stringMatching(
      /^\/etc\/homeroom\/config\.yaml:2:3: error: .*memroy[^]*\n {4} {2}memroy: 1G\n {6}\^[^]*config\.yaml:4:9: error: /,
    ) as string,
  });
  await expect(readConfig(withConfig("users: 1\n"))).rejects.toThrow("has an error;");
});

test("a config that is not there is made by the install", async () => {
  await expect(readConfig(new FakeHost())).rejects.toMatchObject({
    message: "There is no /etc/homeroom/config.yaml on this machine.",
    remedy: expect.stringContaining("sudo homeroom install") as string,
  });
});

test("a link is followed as far as root alone decides where it leads", async () => {
  const machine = new FakeHost({ "/srv/school/config.yaml": "base_url: /a/\n" });
  machine.putLink(configPath, "../../srv/school/config.yaml");
  expect((await readConfig(machine)).config.baseUrl).toBe("/a/");
});

test.each<[string, (machine: FakeHost) => void]>([
  ["belongs to somebody else", (machine) => machine.putDirectory("/srv/school", { uid: 1000 })],
  ["others may write in", (machine) => machine.putDirectory("/srv/school", { mode: 0o775 })],
  ["lies in such a folder", (machine) => machine.putDirectory("/srv", { mode: 0o1777 })],
  ["is a link itself", (machine) => machine.putLink("/srv/school", "/home/ada")],
])("a link into a folder that %s is refused, and the person is told", async (_, change) => {
  const machine = new FakeHost({ "/srv/school/config.yaml": "" });
  change(machine);
  machine.putLink(configPath, "/srv/school/config.yaml");
  await expect(readConfig(machine)).rejects.toMatchObject({
    message: expect.stringContaining("not only root may change /srv") as string,
    exitCode: 78,
  });
});

test("links in a circle and folders are told as what they are", async () => {
  const machine = new FakeHost();
  machine.putLink(configPath, configPath);
  await expect(readConfig(machine)).rejects.toThrow("leads nowhere");
  const other = new FakeHost();
  other.putDirectory(configPath);
  await expect(readConfig(other)).rejects.toMatchObject({
    message: `${configPath} is not a file.`,
    exitCode: 78,
  });
});

test("people come from the roster too, and its problems are told like the config's", async () => {
  const machine = withConfig("users: { allowed: [Alice] }\n");
  machine.put(rosterPath, "username,role\nbob,\n");
  const read = await readConfig(machine);
  expect(read.config.users.allowed).toEqual(["alice", "bob"]);
  expect(read.roster).toMatchObject({ text: "username,role\nbob,\n", warnings: [] });
  machine.put(rosterPath, "username,role\nbob,boss\ncarol/x,\n");
  await expect(readConfig(machine)).rejects.toMatchObject({
    message: "/etc/homeroom/roster.csv has 2 errors; nothing was changed.",
    exitCode: 78,
    remedy: expect.stringMatching(/^\/etc\/homeroom\/roster\.csv:2:5: error: .*\n {4}bob,boss\n/) as string,
  });
  machine.take(rosterPath);
  machine.putLink(rosterPath, "/home/jupyter-eve/roster.csv");
  await expect(readConfig(machine)).rejects.toThrow("roster.csv is a link or a folder");
});

test("two people of the config who would share an account are refused", async () => {
  await expect(readConfig(withConfig(`users: { allowed: [${twins().join(", ")}] }`))).rejects.toMatchObject({
    remedy: expect.stringContaining("would share the account") as string,
    exitCode: 78,
  });
});
