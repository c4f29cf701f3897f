import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";

/** Those of the packages that this machine lacks; undefined where it has no dpkg to say so. */
export function missingPackages(packages: readonly string[]): string[] | undefined {
  const args = ["--show", "--showformat=${db:Status-Status} ${Package}\n", ...packages];
  const { stdout, error } = spawnSync("dpkg-query", args, { encoding: "utf8" });
  if (error) return undefined;
  const installed = new Set(stdout.split("\n").filter((line) => line.startsWith("installed ")));
  return packages.filter((name) => !installed.has(`installed ${name}`));
}

/**
 * Installs packages with apt, after a yes where somebody is there to give it. The emulator comes from backports on
 * Debian 12, whose own crashes newer kernels. Gives the reason where it could not.
 */
export async function installPackages(packages: readonly string[]): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return `not root; \`sudo apt-get install ${packages.join(" ")}\` would do it`;
  if (!(await isAgreed(packages))) return "not wanted";
  const backports = packages.some((name) => name.startsWith("qemu-")) && isBookworm();
  if (backports) addBackports();
  if (!apt(["update"])) return "apt-get update failed";
  const plain = packages.filter((name) => !backports || !name.startsWith("qemu-"));
  const fromBackports = packages.filter((name) => !plain.includes(name));
  if (plain.length > 0 && !apt(install(plain))) return "apt-get install failed";
  if (fromBackports.length > 0 && !apt([...install(fromBackports), "--target-release=bookworm-backports"])) {
    return "apt-get install from bookworm-backports failed";
  }
  return undefined;
}

async function isAgreed(packages: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY || process.env["CI"] !== undefined) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`Install ${packages.join(" ")} with apt? [Y/n] `);
  prompt.close();
  return !/^\s*n/i.test(answer);
}

function install(packages: readonly string[]): string[] {
  return ["install", "--yes", "--no-install-recommends", ...packages];
}

function apt(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = ["--quiet", "--option=Acquire::Retries=3", "--option=DPkg::Lock::Timeout=300"];
  const { status } = spawnSync("apt-get", [...options, ...args], { env, stdio: ["ignore", 2, 2] });
  return status === 0;
}

function isBookworm(): boolean {
  return /^VERSION_CODENAME=bookworm$/m.test(readFileSync("/etc/os-release", "utf8"));
}

/** The machine's own mirror, with the suite that has the newer emulator. */
function addBackports(): void {
  const sources = spawnSync("apt-get", ["indextargets", "--format=$(CODENAME) $(SITE)"], {
    encoding: "utf8",
  });
  const lines = sources.stdout.split("\n");
  if (lines.some((line) => line.startsWith("bookworm-backports "))) return;
  const mirror = lines.find((line) => line.startsWith("bookworm "))?.split(" ")[1];
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
  const source = `deb ${signed}${mirror ?? "http://deb.debian.org/debian"} bookworm-backports main\n`;
  writeFileSync("/etc/apt/sources.list.d/homeroom-test-backports.list", source);
}
