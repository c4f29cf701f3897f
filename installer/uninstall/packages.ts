import type { Host } from "../host/host.ts";
import { readDpkg } from "../resources/dpkg-status.ts";

const timeoutMs = 15 * 60_000;
const env = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_MODE: "l", SUDO_FORCE_REMOVE: "yes" };
const lockSeconds = 600;

/** apt-get so that it asks nothing and waits for others that install something. */
const apt = ["apt-get", "--quiet=2", "--assume-yes", `-oDPkg::Lock::Timeout=${lockSeconds}`];

/**
 * After a removal that was killed: waits until the apt-get that it left at work is done, and finishes what that
 * one did not. `apt-get check` takes the locks and says where dpkg was interrupted (apt-get(8)).
 */
export async function settlePackages(host: Host): Promise<void> {
  const { exitCode } = await host.run([...apt, "check"], { okCodes: [0, 100], env, timeoutMs });
  if (exitCode !== 0) await host.run(["dpkg", "--configure", "--pending"], { env, timeoutMs });
}

/** Takes away what is still known of packages: cut in the middle, their configuration was left. */
export async function purgeRests(host: Host, names: readonly string[]): Promise<void> {
  const known = [...(await readDpkg(host, names)).keys()];
  if (known.length > 0) await host.run([...apt, "purge", "--", ...known], { env, timeoutMs });
}

/** The command line that purges packages after Homeroom itself is gone. */
export function purgeCommand(names: readonly string[]): string[] {
  return [...apt, "purge", "--", ...names];
}
