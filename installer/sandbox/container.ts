import { HomeroomError } from "../errors.ts";
import type { Host, HostReader } from "../host/host.ts";
import { guestSettings } from "./guest-settings.ts";
import { machineAddress, connectNetwork, gatewayAddress } from "./network.ts";
import type { Progress } from "./progress.ts";
import { descendants, killTree, processTable } from "./process-table.ts";

import { machineDirectory, readRecord, stateDirectory, type MachineRecord } from "./state.ts";
import { waitFor } from "./wait-for.ts";

const bootTimeoutMs = 90_000;

/**
 * Boots a container: systemd-nspawn on an overlay of the base image, in mount, process and network namespaces of
 * its own. These belong to one supervising process, so its end, however it comes, takes everything along: processes,
 * mounts, the network. Resolves once the guest's first process runs.
 *
 * The guest sees cgroup v2 (SYSTEMD_NSPAWN_UNIFIED_HIERARCHY), also where this machine still has version 1: systemd
 * 257 refuses to boot on version 1. The controllers stay with version 1 then, so memory and CPU limits of units are
 * accepted and not enforced.
 */
export async function bootContainer(host: Host, record: MachineRecord, progress: Progress): Promise<void> {
  const directory = host.realPath(machineDirectory(record.name));
  const { network } = record;
  const own = network.mode === "own" ? network : undefined;
  await host.run(["/bin/sh", "-ec", launch, "launch", directory], {
    timeoutMs: 20_000,
    env: {
      SANDBOX_NAME: record.name,
      SANDBOX_SUPERVISE: supervise,
      SANDBOX_LOWER: (await lowerDirectories(host, record)).map((path) => host.realPath(path)).join(":"),
      SANDBOX_ADDRESS: own === undefined ? "" : machineAddress(own),
      SANDBOX_GATEWAY: own === undefined ? "" : gatewayAddress(own),
      SANDBOX_MEMORY: `${record.memoryBytes}`,
      SANDBOX_CPU: `${record.cpus * 100_000} 100000`,
    },
  });
  const pid = await waitFor(20_000, async () => await supervisorPid(host, record.name));
  if (own !== undefined) {
    const inside = await waitFor(10_000, async () => {
      const children = (await processTable(host)).filter(({ parent }) => parent === pid);
      // Other children come and go before the namespaces are there: they are still on this machine.
      return children.find(({ inner }) => inner.length === 2 && inner[1] === 1)?.pid;
    });
    if (inside === undefined) throw await bootFailure(host, record.name);
    await connectNetwork(host, own, inside);
  }
  const booted = await waitFor(
    bootTimeoutMs,
    async () => {
      if ((await containerLeader(host, record.name)) !== undefined) return true;
      return (await supervisorPid(host, record.name)) === undefined ? false : undefined;
    },
    progress.signal,
  );
  if (booted !== true) throw await bootFailure(host, record.name);
}

/** Puts the machine's own files where they shadow those of the image. */
export async function prepareContainer(host: Host, record: MachineRecord): Promise<void> {
  const upper = `${machineDirectory(record.name)}/upper`;
  const root = { uid: 0, gid: 0 };
  const made = new Set<string>();
  const makeParents = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    const cut = path.lastIndexOf("/");
    if (path !== upper) await makeParents(path.slice(0, cut));
    await host.makeDirectory(path, { mode: 0o755, ...root });
    made.add(path);
  };
  await makeParents(upper);
  // What it started from may have a number already; where the file is empty, systemd gives the machine its own.
  const number = record.from === undefined ? [] : [{ path: "/etc/machine-id", mode: 0o444, content: "" }];
  for (const { path, mode, content } of [...(await guestSettings(host, record)), ...number]) {
    await makeParents(`${upper}${path.slice(0, path.lastIndexOf("/"))}`);
    await host.write(`${upper}${path}`, content, { mode, ...root });
  }
}

/** The directories below the machine's own, top first: what a machine that it started from has changed, the image. */
async function lowerDirectories(host: Host, { from, base }: MachineRecord): Promise<string[]> {
  if (from === undefined) return [`${stateDirectory}/images/${base}/root`];
  const directory = machineDirectory(from);
  if ((await host.stat(`${directory}/copied`)) !== undefined) return [`${directory}/root`];
  const below = await readRecord(host, from);
  if (below === undefined) throw new Error(`the machine ${from} is gone, and others started from its disk`);
  return [`${directory}/upper`, ...(await lowerDirectories(host, below))];
}

/** The guest's process 1 as this machine numbers it; undefined where the container doesn't run. */
export async function containerLeader(host: HostReader, name: string): Promise<number | undefined> {
  const supervisor = await supervisorPid(host, name);
  if (supervisor === undefined) return undefined;
  const table = await processTable(host);
  const ours = descendants(table, supervisor);
  // Before it is systemd, the process is not yet in its root: whoever entered then would be on this machine.
  return table.find(
    ({ pid, inner, command }) =>
      ours.has(pid) && inner.length === 3 && inner.at(-1) === 1 && /^(systemd|init)$/.test(command),
  )?.pid;
}

/** How to run a program inside; empty where the container doesn't run. */
export async function enterContainer(host: HostReader, name: string): Promise<string[]> {
  const leader = await containerLeader(host, name);
  return leader === undefined ? [] : ["nsenter", `--target=${leader}`, "--all", "--"];
}

/** Ends the container at once, as a pulled plug would. */
export async function stopContainer(host: Host, name: string): Promise<void> {
  const pid = await supervisorPid(host, name);
  if (pid !== undefined) await killTree(host, pid);
  for (const path of cgroups(name)) {
    await host.run(
      ["/bin/sh", "-c", '[ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} +', "rmdir", path],
      {
        okCodes: [0, 1],
      },
    );
  }
}

/** The machine's supervising process, if it is still the one that we started. */
async function supervisorPid(host: HostReader, name: string): Promise<number | undefined> {
  const directory = machineDirectory(name);
  const pid = (await host.read(`${directory}/pid`))?.toString().trim();
  if (pid === undefined || !/^\d+$/.test(pid)) return undefined;
  const argv = (await host.read(`/proc/${pid}/cmdline`))?.toString().split("\0") ?? [];
  return argv.includes(host.realPath(directory)) ? Number(pid) : undefined;
}

function cgroups(name: string): string[] {
  return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"].map(
    (base) => `${base}/homeroom-sandbox-${name}`,
  );
}

async function bootFailure(host: HostReader, name: string): Promise<HomeroomError> {
  const log = `${machineDirectory(name)}/console.log`;
  const text = (await host.read(log))?.toString() ?? "";
  return new HomeroomError(`The container ${name} did not boot.`, {
    remedy: `Its console said:\n${text.trim().split("\n").slice(-8).join("\n")}`,
  });
}

/**
 * Runs inside the namespaces. Where an overlay isn't possible (the state lies on one already) the image is copied.
 * nspawn ends with 133 when the guest reboots.
 */
const supervise = `
directory=$1
mkdir -p "$directory/root" "$directory/work" "$directory/upper"
if [ -e "$directory/copied" ]; then :
elif ! mount -t overlay overlay -o "lowerdir=$SANDBOX_LOWER,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"; then
  cp -a --reflink=auto -- "$SANDBOX_LOWER/." "$directory/upper/." "$directory/root/"
  touch "$directory/copied"
fi
set --
if [ -n "$SANDBOX_ADDRESS" ]; then
  ip link set lo up
  tries=200
  until ip link show eth0 >/dev/null 2>&1; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || exit 1
    sleep 0.05
  done
  ip address add "$SANDBOX_ADDRESS/30" dev eth0
  ip link set eth0 up
  ip route add default via "$SANDBOX_GATEWAY"
  set -- --network-namespace-path=/proc/self/ns/net
fi
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_TMPFS_TMP=0
while :; do
  status=0
  systemd-nspawn --quiet -D "$directory/root" --machine="$SANDBOX_NAME" --boot --register=no --keep-unit \\
    --console=passive --settings=no --resolv-conf=off --timezone=off --link-journal=no "$@" || status=$?
  [ "$status" = 133 ] || exit "$status"
done
`;

/**
 * Starts the supervisor in the background, in a cgroup of its own in every hierarchy that the guest's systemd
 * manages: two machines in one would fight over it. The pid file comes first: it is what \`down\` goes by.
 */
const launch = `
directory=$1
exec setsid --fork /bin/sh -euc '
directory=$1
echo $$ >"$directory/pid"
for base in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [ -e "$base/cgroup.procs" ] || continue
  group=$base/homeroom-sandbox-$SANDBOX_NAME
  mkdir -p "$group"
  if [ -e "$group/memory.max" ]; then
    echo "$SANDBOX_MEMORY" >"$group/memory.max"
    echo "$SANDBOX_CPU" >"$group/cpu.max"
  fi
  echo $$ >"$group/cgroup.procs"
done
net=
[ -z "$SANDBOX_ADDRESS" ] || net=--net
exec unshare --mount --pid $net --fork --kill-child=KILL --mount-proc --propagation=private \\
  /bin/sh -euc "$SANDBOX_SUPERVISE" supervise "$directory"
' start "$directory" >"$directory/console.log" 2>&1 </dev/null
`;
