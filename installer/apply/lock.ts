import type { Host, HostReader } from "../host/host.ts";
import { isHeld, lockFile } from "../host/lock-file.ts";

const path = "/run/homeroom/lock";

/**
 * Lets one task at a time change the machine.
 * @throws HomeroomError (exit code 75) naming who holds it and since when.
 */
export async function lockMachine(
  host: Host,
  { command, who }: { command: string; who: string },
): Promise<AsyncDisposable> {
  await host.makeDirectory("/run/homeroom", { mode: 0o755, uid: 0, gid: 0 });
  return lockFile(host, { path, command, who });
}

/** Whether a task is at work. */
export function isMachineLocked(host: HostReader): Promise<boolean> {
  return isHeld(host, path);
}
