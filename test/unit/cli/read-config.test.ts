import { expect, test } from "vitest";
import { configPath, readConfig } from "../../../installer/cli/read-config.ts";
import { hashOf } from "../../../installer/resources/hash.ts";
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

test("a link is not followed, and the person is told", async () => {
  const machine = new FakeHost({ "/home/ada/config.yaml": "" });
  machine.putLink(configPath, "/home/ada/config.yaml");
  await expect(readConfig(machine)).rejects.toMatchObject({
    message: "/etc/homeroom/config.yaml is a link or a folder, not a file.",
    exitCode: 78,
  });
});
