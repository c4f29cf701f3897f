import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

const folder = "/srv/taken-over";
const dropIn = "/etc/systemd/system/homeroom-hub.service.d/99-taken-over.conf";
const report = "/var/lib/homeroom/hub/taken-over.json";

describe.each(testImages)("a hub on %s whose Python is somebody else's", (image) => {
  let machine: Machine;
  let python: string;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "taken-over" });
    await letIn(machine, "alice", "bob");
    for (const name of ["alice", "bob"]) await atWork(machine, name);
    python = (await shell(machine, "ls /opt/homeroom/hub/*/bin/python")).trim();
    await shell(machine, `install -d ${folder} $(dirname ${dropIn})`);
    await machine.copyIn(join(import.meta.dirname, "../taken-over-hub.py"), `${folder}/hub.py`);
    const lines = [
      "[Service]",
      "Type=exec",
      "WatchdogSec=0",
      "ExecStart=",
      `ExecStart=${python} -I ${folder}/hub.py`,
    ];
    await shell(machine, `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > ${dropIn}`);
    await shell(machine, "systemctl daemon-reload && systemctl restart homeroom-hub");
  });
  afterAll(async () => {
    await machine?.down();
  });

  test("starts, stops and resets servers of the class, and does nothing else of root's", async () => {
    const read = () => shell(machine, `cat ${report} 2>/dev/null || true`);
    await expect.poll(read, { timeout: 120_000, interval: 500 }).toContain("}");
    expect(succeeded(await read())).toEqual([
      "read its own secrets",
      "stop bob's server",
      "start bob's server",
      "reset bob's server",
    ]);
    await shell(machine, `REPORT=${folder}/as-root.json ${python} -I ${folder}/hub.py`);
    const asRoot = await shell(machine, `cat ${folder}/as-root.json`);
    const all = Object.keys(JSON.parse(asRoot) as object);
    expect(succeeded(asRoot)).toEqual(all.filter((what) => what !== "read its own secrets"));
  });
});

function succeeded(text: string): string[] {
  const did = JSON.parse(text) as Record<string, boolean>;
  return Object.keys(did).filter((what) => did[what]);
}
