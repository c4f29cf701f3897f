import { HomeroomError } from "../errors.ts";
import type { Host, HostReader } from "../host/host.ts";
import { accelerator } from "./accelerator.ts";
import { guestSettings } from "./guest-settings.ts";
import { freePort } from "./free-port.ts";
import { killTree } from "./process-table.ts";
import type { Progress } from "./progress.ts";
import { machineDirectory, stateDirectory, type MachineRecord } from "./state.ts";

/** The name server that QEMU's user network offers to its guest. */
const resolver = "nameserver 10.0.2.3\n";

/** Makes the machine's disk (an overlay on the base image), its key and the disk that carries its settings. */
export async function prepareVm(host: Host, record: MachineRecord, port: number | undefined): Promise<void> {
  const directory = machineDirectory(record.name);
  const at = (file: string) => host.realPath(`${directory}/${file}`);
  record.network = { mode: "user", port: port ?? (await freePort()), sshPort: await freePort() };
  await host.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", record.name, "-f", at("key")]);
  const key = (await host.read(`${directory}/key.pub`)) ?? "";
  const files = [
    ...(await guestSettings(host, { ...record, resolver })),
    { path: "/root/.ssh/authorized_keys", mode: 0o600, content: key },
  ];
  const settings = `${directory}/settings`;
  const owner = { uid: 0, gid: 0 };
  await host.makeDirectory(settings, { mode: 0o755, ...owner });
  for (const { path, mode, content } of files) {
    const parents = path.split("/").slice(1, -1);
    for (const [depth] of parents.entries()) {
      const parent = `${settings}/${parents.slice(0, depth + 1).join("/")}`;
      const mode = parent.endsWith("/root") || parent.endsWith("/.ssh") ? 0o700 : 0o755;
      await host.makeDirectory(parent, { mode, ...owner });
    }
    await host.write(`${settings}${path}`, content, { mode, ...owner });
  }
  await host.run(["tar", "-C", at("settings"), "--owner=0", "--group=0", "-cf", at("settings.tar"), "."]);
  const below =
    record.from === undefined
      ? ["-F", "raw", "-b", host.realPath(`${stateDirectory}/images/${record.base}/disk.img`)]
      : ["-F", "qcow2", "-b", host.realPath(`${machineDirectory(record.from)}/disk.qcow2`)];
  await host.run(["qemu-img", "create", "-q", "-f", "qcow2", ...below, at("disk.qcow2")]);
}

/**
 * Starts the emulator in the background; the guest is not up yet when this resolves. Its disk is cached by this
 * machine (writeback): what the guest has synced is with our kernel and outlives the emulator, what it has not is
 * in its own memory and is lost with a power cut.
 */
export async function bootVm(host: Host, record: MachineRecord, progress: Progress): Promise<void> {
  const { name, network, base, memoryBytes, cpus } = record;
  if (network.mode !== "user") throw new TypeError(`${name} has no user network`);
  const directory = host.realPath(machineDirectory(name));
  const image = host.realPath(`${stateDirectory}/images/${base}`);
  const accel = await accelerator(host, `${image}/kernel`);
  if (accel === "tcg")
    progress.report("KVM does not work here: the processor is emulated, ten times slower.");
  const forwards = `hostfwd=tcp:127.0.0.1:${network.port}-:80,hostfwd=tcp:127.0.0.1:${network.sshPort}-:22`;
  const argv = [
    ["qemu-system-x86_64", "-name", `homeroom-sandbox-${name}`, "-nodefaults", "-display", "none"],
    accel === "kvm" ? ["-accel", "kvm", "-cpu", "host"] : ["-accel", "tcg,thread=multi", "-cpu", "max"],
    ["-smp", `${cpus}`, "-m", `${Math.round(memoryBytes / 1024 ** 2)}M`],
    ["-kernel", `${image}/kernel`, "-initrd", `${image}/initrd`],
    ["-append", `root=/dev/vda rw console=ttyS0 quiet panic=1 systemd.hostname=${name}`],
    ["-drive", `file=${directory}/disk.qcow2,format=qcow2,if=virtio,cache=writeback,discard=unmap`],
    ["-drive", `file=${directory}/settings.tar,format=raw,if=virtio,readonly=on`],
    ["-nic", `user,model=virtio-net-pci,${forwards}`, "-device", "virtio-rng-pci"],
    ["-serial", `file:${directory}/console.log`],
  ].flat();
  await host.run(["/bin/sh", "-ec", launch, "launch", directory, ...argv], { timeoutMs: 20_000 });
  const started = await host
    .query(["/bin/sh", "-c", "sleep 0.5"])
    .then(async () => await vmProcess(host, name));
  if (started === undefined) {
    const said = (await host.read(`${machineDirectory(name)}/qemu.log`))?.toString().trim() ?? "";
    throw new HomeroomError(`The emulator for ${name} did not start.`, { remedy: `It said: ${said}` });
  }
}

/** How to run a program inside: ssh by the machine's own key, one connection kept open for a minute. */
export async function enterVm(host: HostReader, { name, network }: MachineRecord): Promise<string[]> {
  if (network.mode !== "user" || (await vmProcess(host, name)) === undefined) return [];
  const directory = host.realPath(machineDirectory(name));
  const options = {
    IdentityFile: `${directory}/key`,
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "no",
    UserKnownHostsFile: "/dev/null",
    LogLevel: "ERROR",
    BatchMode: "yes",
    ConnectTimeout: "20",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "4",
    ControlMaster: "auto",
    ControlPath: `${directory}/ssh`,
    ControlPersist: "60",
    SendEnv: "SANDBOX_*",
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return ["ssh", "-F", "none", ...flags, "-p", `${network.sshPort}`, "root@127.0.0.1", "--"];
}

/** Ends the emulator at once. */
export async function stopVm(host: Host, name: string): Promise<void> {
  const pid = await vmProcess(host, name);
  if (pid !== undefined) await killTree(host, pid);
  const control = host.realPath(`${machineDirectory(name)}/ssh`);
  if ((await host.stat(`${machineDirectory(name)}/ssh`)) === undefined) return;
  await host.run(["ssh", "-F", "none", "-O", "exit", "-o", `ControlPath=${control}`, "none"], {
    okCodes: [0, 255],
    timeoutMs: 10_000,
  });
}

/** The emulator's process, if it is still the one that we started. */
export async function vmProcess(host: HostReader, name: string): Promise<number | undefined> {
  const pid = (await host.read(`${machineDirectory(name)}/qemu.pid`))?.toString().trim();
  if (pid === undefined || !/^\d+$/.test(pid)) return undefined;
  const argv = (await host.read(`/proc/${pid}/cmdline`))?.toString().split("\0") ?? [];
  return argv.includes(`homeroom-sandbox-${name}`) ? Number(pid) : undefined;
}

const launch = `
directory=$1; shift
exec setsid --fork /bin/sh -euc '
directory=$1; shift
echo $$ >"$directory/qemu.pid"
exec "$@"
' start "$directory" "$@" >"$directory/qemu.log" 2>&1 </dev/null
`;
