import { expect, test } from "vitest";
import { hashOf } from "../../../installer/resources/hash.ts";
import { hubTrial, type HubTrialState } from "../../../installer/resources/hub-trial.ts";
import { FakeHost } from "../../fake-host.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const state: HubTrialState = {
  hub: "/opt/homeroom/hub/1",
  scripts: "/opt/homeroom/releases/1/templates/hub",
  scriptsHash: "1",
  hubJson: hashOf("{}"),
  fragments: { "a.py": hashOf("a") },
  properties: ["User=homeroom-hub", "CapabilityBoundingSet="],
};

/** A machine whose trial answers so; `staged` is what the trial could read. */
function machine(answer: string, staged: string[] = []) {
  const host = new FakeHost(
    {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nhomeroom-hub:x:990:990::/:/bin/sh\n",
      "/etc/group": "root:x:0:\nhomeroom-hub:x:990:\n",
      [`/var/lib/homeroom/blobs/${hashOf("{}")}`]: "{}",
      [`/var/lib/homeroom/blobs/${hashOf("a")}`]: "a",
      "/var/lib/homeroom/compiled/roster.json": "{}",
    },
    {
      "systemd-run": (_args, host) => {
        staged.push(...inTrial(host));
        return { stdout: answer, stderr: "first\nlast words", exitCode: 0 };
      },
    },
  );
  host.putDirectory("/run/homeroom");
  return host;
}

/** What lies where the trial reads it, with rights. */
function inTrial(host: FakeHost): string[] {
  const folder = "/run/homeroom/trial/";
  return host
    .manifest()
    .filter((line) => line.startsWith(folder))
    .map((line) => line.slice(folder.length).split(" ").slice(0, 4).join(" "));
}

test("a trial that goes well is on record, and what it read is gone", async () => {
  const staged: string[] = [];
  const host = machine('{"problems": []}\n', staged);
  await hubTrial.write(host, "1", state, progress);
  expect(staged.toSorted()).toEqual([
    "hub.json file 640 0:990",
    "jupyterhub_config.d directory 750 0:990",
    "jupyterhub_config.d/a.py file 640 0:990",
    "roster.json file 640 0:990",
  ]);
  expect(inTrial(host)).toEqual([]);
  expect(await hubTrial.read(host, "1")).toEqual(state);
  const [argv = []] = host.ran;
  expect(argv).toContain("--property=CapabilityBoundingSet=");
  expect(argv.slice(-3)).toEqual([
    "/opt/homeroom/hub/1/bin/python",
    "-I",
    "/opt/homeroom/releases/1/templates/hub/try_configuration.py",
  ]);
});

test("a mistake is named with file and line, and nothing is on record", async () => {
  const problem = { file: "/etc/homeroom/jupyterhub_config.d/a.py", line: 3, message: "NameError: x" };
  const host = machine(`noise\n${JSON.stringify({ problems: [problem] }).replace(":", ": ")}\n`);
  await expect(hubTrial.write(host, "1", state, progress)).rejects.toThrow(
    "/etc/homeroom/jupyterhub_config.d/a.py, line 3: NameError: x",
  );
  expect(await hubTrial.read(host, "1")).toBeUndefined();
  expect(inTrial(host)).toEqual([]);
});

test("a hub that is killed is one that does not start", async () => {
  await expect(hubTrial.write(machine(""), "1", state, progress)).rejects.toThrow("last words");
});
