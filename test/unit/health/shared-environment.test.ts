import { expect, test } from "vitest";
import { checkSharedEnvironment } from "../../../installer/health/shared-environment.ts";
import { FakeHost } from "../../fake-host.ts";

const id = "20261125-101112";

function machine(result?: string): FakeHost {
  const host = new FakeHost();
  host.putLink("/var/lib/homeroom/snapshots/latest", `${id}.json`);
  if (result !== undefined) host.put(`/var/lib/homeroom/checks/${id}.json`, result);
  return host;
}

test.each([undefined, '{"works": true, "reason": null}', "half a li"])(
  "nothing is wrong with %s",
  async (text) => {
    expect(await checkSharedEnvironment(machine(text))).toEqual([]);
  },
);

test("a broken one is named with its reason, without what could play with the terminal", async () => {
  const [problem] = await checkSharedEnvironment(
    machine(JSON.stringify({ works: false, reason: "No module named 'tornado'\u001b[2J" })),
  );
  expect(problem?.message).toBe(
    "No notebook server starts from the shared environment: No module named 'tornado'?[2J",
  );
  expect(problem?.remedy).toContain("homeroom env repair");
});

test("a link that leads elsewhere is not followed", async () => {
  const host = machine();
  host.putLink("/var/lib/homeroom/snapshots/latest", "../../../etc/shadow");
  host.reads.length = 0;
  expect(await checkSharedEnvironment(host)).toEqual([]);
  expect(host.reads).toEqual([]);
});

test("what an upgrade of the operating system took is named, until another environment is in use", async () => {
  const host = machine();
  host.putLink("/opt/homeroom/environment", "/opt/homeroom/environments/abc");
  const stamp = "/var/lib/homeroom/environments/opt-homeroom-environments-abc.json";
  host.put(stamp, JSON.stringify({ python: "3.13", leftOut: ["old==1.0"] }));
  const [problem] = await checkSharedEnvironment(host);
  expect(problem?.message).toContain("lacks old==1.0: no build for Python 3.13");
  expect(problem?.remedy).toContain("homeroom env remove");
  host.put(stamp, JSON.stringify({ python: "3.13" }));
  expect(await checkSharedEnvironment(host)).toEqual([]);
});
