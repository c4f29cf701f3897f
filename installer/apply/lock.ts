import type { Host } from "../host/host.ts";
import { lockFile } from "../host/lock-file.ts";

/**
 * Lets one task at a time change the machine.
 * @throws HomeroomError (exit code 75) naming who holds it and since when.
 */
export async function lockMachine(
  host: Host,
  { command, who }: { command: string; who: string },
): Promise<AsyncDisposable> {
  await host.makeDirectory("/run/homeroom", { mode: 0o755, uid: 0, gid: 0 });
  return lockFile(host, { path: "/run/homeroom/lock", command, who });
}
