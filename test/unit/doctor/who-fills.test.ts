import { expect, test } from "vitest";
import { whoFills } from "../../../installer/doctor/who-fills.ts";
import { FakeHost } from "../../fake-host.ts";

const alice = "/home/jupyter-alice";
const bob = "/home/jupyter-bob";
const temporary = "/tmp/systemd-private-0af-homeroom-user@bo\\x2db.service-Xyz";

function machine(
  sizes: Readonly<Record<string, number>>,
  mounts: Readonly<Record<string, string>> = {},
): FakeHost {
  const host = new FakeHost(
    {},
    {
      df: (args) =>
        ["Mounted on File", ...after(args).map((path) => `${mounts[path] ?? "/"}   ${path}`)].join("\n"),
      du: (args) => ({
        exitCode: 1,
        stdout: after(args)
          .map((path) => `${sizes[path] ?? 0}\t${path}\n`)
          .join(""),
      }),
    },
  );
  for (const path of Object.keys(sizes)) host.putDirectory(path);
  return host;
}

function after(args: readonly string[]): string[] {
  return args.slice(args.indexOf("--") + 1);
}

test("those with the most are named, with their home and their server's /tmp", async () => {
  const host = machine({ [alice]: 1e9, [bob]: 20e6, [temporary]: 4.5e9, "/home/other": 9e9 });
  expect(await whoFills(host, "/", "bytes")).toBe(
    ` The most of it has bo-b (4.50 GB in ${temporary}), then alice (1.00 GB in ${alice}).`,
  );
  expect(host.queried.map(([program]) => program)).toEqual(["df", "du"]);
});

test("only what lies on the file system that is full counts", async () => {
  const host = machine({ [alice]: 1e9, [temporary]: 4e9 }, { [temporary]: "/tmp" });
  expect(await whoFills(host, "/", "bytes")).toBe(` The most of it has alice (1.00 GB in ${alice}).`);
});

test("nobody is named who has next to nothing, or where there are no homes", async () => {
  expect(await whoFills(machine({ [alice]: 4096, [bob]: 8192 }), "/", "bytes")).toBe("");
  expect(await whoFills(machine({}), "/", "bytes")).toBe("");
});

test("files are counted as files", async () => {
  const host = machine({ [alice]: 500_000, [bob]: 12 });
  expect(await whoFills(host, "/", "files")).toBe(` The most of it has alice (500000 files in ${alice}).`);
  expect(host.queried[1]).toContain("--inodes");
});

test("where counting takes too long or fails, the check still says that the disk is full", async () => {
  const host = machine({ [alice]: 1e9 });
  host.programs["du"] = () => ({ exitCode: 137, stdout: "" });
  expect(await whoFills(host, "/", "bytes")).toBe("");
});
