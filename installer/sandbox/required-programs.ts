import type { Host, HostReader } from "../host/host.ts";
import type { Progress } from "./progress.ts";
import type { MachineKind } from "./state.ts";

/** Programs that making machines needs, and the Debian package of each. */
const programs: Record<MachineKind, Record<string, string>> = {
  container: {
    mmdebstrap: "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    ip: "iproute2",
    nft: "nftables",
    nsenter: "util-linux",
    bash: "bash",
  },
  vm: {
    mmdebstrap: "mmdebstrap",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mkfs.ext4": "e2fsprogs",
    ssh: "openssh-client",
    "ssh-keygen": "openssh-client",
    ip: "iproute2",
    unshare: "util-linux",
    bash: "bash",
  },
};

/** By this mmdebstrap checks Debian's archive; Ubuntu brings it in a package. */
const keyring = { path: "/usr/share/keyrings/debian-archive-keyring.gpg", package: "debian-archive-keyring" };

const backports = {
  path: "/etc/apt/sources.list.d/bookworm-backports.list",
  line: "deb http://deb.debian.org/debian bookworm-backports main",
};

export interface MissingPrograms {
  /** Names of Debian packages, sorted; empty where all is there. */
  packages: string[];
  /** What a person would type, one command a line. */
  commands: string[];
}

/**
 * What has to be installed before a machine of this kind can be made. Debian 12's own QEMU (7.2) crashes the kernels
 * of newer guests when it emulates the processor, so there it comes from backports.
 */
export async function missingPrograms(host: HostReader, kind: MachineKind): Promise<MissingPrograms> {
  const wanted = programs[kind];
  const packages = new Set<string>();
  for (const [program, name] of Object.entries(wanted))
    if (!(await isThere(host, program))) packages.add(name);
  if ((await host.stat(keyring.path)) === undefined) packages.add(keyring.package);
  if (kind === "vm" && !packages.has("qemu-system-x86") && (await qemuMajor(host)) < 8)
    packages.add("qemu-system-x86");
  if (packages.size === 0) return { packages: [], commands: [] };

  const old = packages.has("qemu-system-x86") && (await codename(host)) === "bookworm";
  const sorted = [...packages].toSorted();
  return {
    packages: sorted,
    commands: [
      ...(old ? [`echo '${backports.line}' >${backports.path}`] : []),
      "apt-get update",
      `apt-get install --yes --no-install-recommends${old ? " --target-release bookworm-backports" : ""} ${sorted.join(" ")}`,
    ],
  };
}

/** Types those commands. */
export async function installPrograms(
  host: Host,
  missing: MissingPrograms,
  progress: Progress,
): Promise<void> {
  for (const command of missing.commands) {
    progress.report(command);
    await host.run(["/bin/sh", "-ec", command], {
      timeoutMs: 600_000,
      env: { DEBIAN_FRONTEND: "noninteractive" },
      ...(progress.signal === undefined ? {} : { signal: progress.signal }),
    });
  }
}

async function isThere(host: HostReader, program: string): Promise<boolean> {
  const asked = await host.query(["/bin/sh", "-c", 'command -v "$1" >/dev/null', "sh", program], {
    okCodes: [0, 1, 127],
  });
  return asked.exitCode === 0;
}

async function qemuMajor(host: HostReader): Promise<number> {
  const { stdout } = await host.query(["qemu-system-x86_64", "--version"], { timeoutMs: 20_000 });
  return Number(/version (\d+)/.exec(stdout)?.[1] ?? 0);
}

async function codename(host: HostReader): Promise<string | undefined> {
  const text = (await host.read("/usr/lib/os-release"))?.toString() ?? "";
  return /^VERSION_CODENAME="?(\w+)/m.exec(text)?.[1];
}
