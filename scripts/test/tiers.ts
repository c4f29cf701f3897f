export interface Tier {
  name: string;
  /** What it is, for people. */
  words: string;
  runner: "vitest" | "pytest";
  /** Debian packages that must be there. */
  packages: readonly string[];
  needsRoot: boolean;
  /** Images that its machines are made of: in a plain run, and with --all. */
  images?: { plain: string; all: string };
  /** Minutes until the whole tier is ended. */
  limit: number;
}

const machinePackages = [
  "systemd-container",
  "mmdebstrap",
  "debootstrap",
  "debian-archive-keyring",
  "e2fsprogs",
  "iproute2",
  "nftables",
  "dbus",
];

/** The tiers of tests, fast ones first; each is a folder below test/. */
export const tiers: readonly Tier[] = [
  {
    name: "unit",
    words: "pure code",
    runner: "vitest",
    packages: ["systemd", "shellcheck", "openssl"],
    needsRoot: false,
    limit: 15,
  },
  {
    name: "cli",
    words: "commands, with programs that only pretend",
    runner: "vitest",
    packages: ["python3", "e2fsprogs", "ed", "vim", "nano", "acl", "zsh", "fish"],
    needsRoot: false,
    limit: 15,
  },
  {
    name: "python",
    words: "the hub's Python, and that of bootstrap.sh",
    runner: "pytest",
    packages: ["python3-venv", "dbus"],
    needsRoot: false,
    limit: 15,
  },
  {
    name: "container",
    words: "machines with the real systemd",
    runner: "vitest",
    packages: [...machinePackages, "chromium", "openssl"],
    needsRoot: true,
    images: { plain: "bookworm", all: "bookworm,trixie" },
    limit: 60,
  },
  {
    name: "vm",
    words: "machines with their own kernel",
    runner: "vitest",
    packages: [...machinePackages, "qemu-system-x86", "qemu-utils"],
    needsRoot: true,
    images: { plain: "bookworm", all: "bookworm,trixie" },
    limit: 90,
  },
];
