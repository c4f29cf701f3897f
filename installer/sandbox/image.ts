import { createHash } from "node:crypto";
import type { Host } from "../host/host.ts";
import { aptOptions, aptSources } from "./apt-sources.ts";
import type { MachineImage, MachineKind } from "./state.ts";
import { stateDirectory } from "./state.ts";
import type { Progress } from "./progress.ts";

/** A bare Debian server: what a provider's smallest image has, and nothing that Homeroom needs beyond it. */
const serverPackages = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "python3",
  "curl",
  "ca-certificates",
  "sudo",
  "iproute2",
  "netbase",
];

/** A virtual machine boots by itself and is reached over ssh. */
const vmPackages = [
  "linux-image-cloud-amd64",
  "initramfs-tools",
  "zstd",
  "udev",
  "e2fsprogs",
  "openssh-server",
];

/** Virtual size of a machine's disk; the file is sparse. */
const diskSize = "12G";

const buildTimeoutMs = 20 * 60_000;

/**
 * Makes the base image that machines are layered on, or finds it in the cache, and returns its name under images/.
 * The name carries the hash of all that made it. Two processes that want the same image at once make it once; a
 * build that is interrupted leaves no process and no mount, and its files go with the next build.
 */
export async function ensureImage(
  host: Host,
  kind: MachineKind,
  image: MachineImage,
  progress: Progress,
): Promise<string> {
  const packages = kind === "vm" ? [...serverPackages, ...vmPackages] : serverPackages;
  const script = kind === "vm" ? vmScript : containerScript;
  const hash = createHash("sha256")
    .update(JSON.stringify({ image, packages, script, diskSize }))
    .digest("hex");
  const name = `${image}-${kind}-${hash.slice(0, 16)}`;
  const directory = `${stateDirectory}/images/${name}`;
  if ((await host.stat(directory)) !== undefined) return name;

  progress.report(
    `Making the ${image} image for ${kind === "vm" ? "virtual machines" : "containers"} (once).`,
  );
  const path = host.realPath(directory);
  await host.run(
    // In namespaces of its own: whatever ends this process ends the build and takes its mounts with it.
    [
      "unshare",
      "--mount",
      "--pid",
      "--fork",
      "--kill-child=KILL",
      "--mount-proc",
      "--propagation=private",
    ].concat(
      [
        "flock",
        `${path}.lock`,
        "/bin/sh",
        "-euc",
        script,
        "build",
        path,
        image,
        packages.join(","),
        diskSize,
      ],
      await aptOptions(host),
    ),
    {
      input: await aptSources(host, image),
      timeoutMs: buildTimeoutMs,
      env: { DEBIAN_FRONTEND: "noninteractive" },
      onLine: progress.report,
      ...(progress.signal === undefined ? {} : { signal: progress.signal }),
    },
  );
  return name;
}

/** Takes the files of interrupted builds away; a build that is still going on holds its lock and is left alone. */
export async function removeAbandonedBuilds(host: Host): Promise<void> {
  const images = `${stateDirectory}/images`;
  for (const name of await host.list(images)) {
    if (!name.endsWith(".building")) continue;
    const path = host.realPath(`${images}/${name}`);
    const lock = `${path.slice(0, -".building".length)}.lock`;
    await host.run(["flock", "--nonblock", lock, "rm", "-rf", "--one-file-system", path], {
      okCodes: [0, 1],
    });
  }
}

const bootstrapScript = `
image=$1; suite=$2; packages=$3; size=$4; shift 4
[ ! -e "$image" ] || exit 0
work=$image.building
rm -rf -- "$work"
mkdir -m 0755 -- "$work"
mmdebstrap --mode=root --variant=minbase --include="$packages" "$@" "$suite" "$work/root" -
rm -f -- "$work/root/etc/hostname" "$work/root/etc/resolv.conf"
`;

const containerScript = `${bootstrapScript}
mv -T -- "$work" "$image"
`;

/**
 * The settings of the single machine come on a second disk, a plain tar file that is unpacked at the first boot
 * (of a machine that started from another one's disk: again) and synced, so that a power cut can't lose the key by which we enter.
 */
const vmScript = `${bootstrapScript}
root=$work/root
cat >"$root/etc/fstab" <<'END'
/dev/vda / ext4 defaults,errors=remount-ro 0 1
END
cat >"$root/etc/systemd/network/80-wired.network" <<'END'
[Match]
Name=en* eth*
[Network]
DHCP=yes
END
cat >"$root/etc/ssh/sshd_config.d/sandbox.conf" <<'END'
AcceptEnv SANDBOX_*
UseDNS no
END
cat >"$root/etc/systemd/system/sandbox-settings.service" <<'END'
[Unit]
Description=Settings of this throw-away machine
After=systemd-remount-fs.service systemd-udev-settle.service
Wants=systemd-udev-settle.service
Before=ssh.service systemd-networkd.service network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/sandbox-settings
[Install]
WantedBy=multi-user.target
END
cat >"$root/usr/local/sbin/sandbox-settings" <<'END'
#!/bin/sh
set -eu
new=$(cksum </dev/vdb)
[ "$new" != "$(cat /var/lib/sandbox-settings 2>/dev/null)" ] || exit 0
tar -xf /dev/vdb -C /
sync
echo "$new" >/var/lib/sandbox-settings
sync
END
chmod 0755 "$root/usr/local/sbin/sandbox-settings"
chroot "$root" systemctl enable systemd-networkd.service sandbox-settings.service
cp -L -- "$root/vmlinuz" "$work/kernel"
cp -L -- "$root/initrd.img" "$work/initrd"
truncate -s "$size" "$work/disk.img"
mkfs.ext4 -q -F -L root -d "$root" "$work/disk.img"
rm -rf -- "$root"
mv -T -- "$work" "$image"
`;
