import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { shell } from "../installed-machine.ts";

export const channel = "http://127.0.0.1:8899";

/**
 * A channel of conda packages on a machine, made of what its shared environment holds (a venv then), and served there by
 * Python's own web server: the unit `test-channel`, whose files lie in /srv/channel.
 * @param options again: it is made already, and only its server was stopped
 */
export async function serveChannel(machine: Machine, { again = false } = {}): Promise<void> {
  if (!again) await makeChannel(machine);
  const serve = "python3 -m http.server 8899 --bind 127.0.0.1 --directory /srv/channel";
  await shell(
    machine,
    `systemd-run --quiet --unit test-channel ${serve} && timeout 60 sh -c 'until curl -fs -o /dev/null ${channel}/noarch/repodata.json; do sleep 0.2; done'`,
  );
}

async function makeChannel(machine: Machine): Promise<void> {
  const script = await readFile(join(import.meta.dirname, "make_channel.py"), "utf8");
  await machine.exec(["python3", "-", "/opt/homeroom/environment", "/srv/channel"], {
    input: script,
    timeoutMs: 5 * 60_000,
  });
}
