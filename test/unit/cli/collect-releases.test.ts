import { beforeEach, expect, test } from "vitest";
import { collectReleases } from "../../../installer/cli/collect-releases.ts";
import { commitGeneration } from "../../../installer/generations/generations.ts";
import { FakeHost } from "../../fake-host.ts";

let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost();
  machine.putDirectory("/var/lib/homeroom");
});

/** A release on the machine, on a Node and a uv of its own. */
function unpack(version: string, node: string): void {
  const integrity = { [`node-linux-${process.arch}`]: "sha512-x" };
  const about = { version, homeroom: { node: { version: node, integrity } } };
  machine.put(`/opt/homeroom/releases/${version}/package.json`, JSON.stringify(about));
  machine.put(`/opt/homeroom/runtimes/node-${node}/bin/node`, "");
  machine.put(`/opt/homeroom/runtimes/uv-${version}/uv`, "");
}

async function commit(number: number, release: string): Promise<void> {
  const uv = `/opt/homeroom/runtimes/uv-${release}/uv`;
  const resources = [{ kind: "wheel-program", id: uv, state: {}, needs: [] }];
  await commitGeneration(
    machine,
    { version: 1, number, created: "", release, task: "", who: "ada", config: "", resources },
    { config: "", roster: undefined },
  );
}

const left = async () => [
  await machine.list("/opt/homeroom/releases"),
  await machine.list("/opt/homeroom/runtimes"),
];

test("the release in use stays, and the one before, with what they run on", async () => {
  for (const [index, version] of ["0.1.0", "0.1.1", "0.2.0"].entries()) {
    unpack(version, version === "0.2.0" ? "27.0.0" : "26.0.0");
    await commit(index + 1, version);
  }
  await commit(4, "0.2.0");
  await collectReleases(machine);
  expect(await left()).toEqual([
    ["0.1.1", "0.2.0"],
    ["node-26.0.0", "node-27.0.0", "uv-0.1.1", "uv-0.2.0"],
  ]);
});

test("after a rollback the one that was left is the one before", async () => {
  for (const version of ["0.1.0", "0.1.1", "0.2.0"]) unpack(version, "26.0.0");
  for (const [index, version] of ["0.1.0", "0.1.1", "0.2.0", "0.1.0"].entries())
    await commit(index + 1, version);
  await collectReleases(machine);
  expect((await left())[0]).toEqual(["0.1.0", "0.2.0"]);
});

test("what a process still runs from stays, and what is being fetched", async () => {
  for (const [index, version] of ["0.1.0", "0.1.1", "0.2.0"].entries()) {
    unpack(version, "26.0.0");
    await commit(index + 1, version);
  }
  machine.put("/opt/homeroom/releases/.new-abc/package.json", "{}");
  machine.put("/proc/4711/cmdline", "python\0/opt/homeroom/releases/0.1.0/templates/hub/server_start.py\0");
  await collectReleases(machine);
  expect((await left())[0]).toEqual([".new-abc", "0.1.0", "0.1.1", "0.2.0"]);
  machine.take("/proc/4711");
  await collectReleases(machine);
  expect((await left())[0]).toEqual([".new-abc", "0.1.1", "0.2.0"]);
});

test("two of them are never looked at closely", async () => {
  for (const version of ["0.1.0", "0.1.1"]) unpack(version, "26.0.0");
  await commit(1, "0.1.0");
  machine.reads.length = 0;
  await collectReleases(machine);
  expect(machine.reads).toEqual([]);
});
