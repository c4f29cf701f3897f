import type { Host } from "../host/host.ts";
import { stateDirectory } from "./state.ts";

/** A working KVM takes a second; one that opens and then hangs never ends. */
const probeSeconds = 8;

/**
 * KVM, if it really runs a guest. There are machines where it opens and even runs a boot sector, but hangs in a
 * kernel; so the probe boots `kernel` without a disk, which panics and ends the emulator. Kept until this machine
 * boots again.
 */
export async function accelerator(host: Host, kernel: string): Promise<"kvm" | "tcg"> {
  const bootId = (await host.read("/proc/sys/kernel/random/boot_id"))?.toString().trim();
  const path = `${stateDirectory}/accelerator`;
  const [knownBoot, known] = (await host.read(path))?.toString().trim().split(" ") ?? [];
  if (knownBoot === bootId && (known === "kvm" || known === "tcg")) return known;
  const found = (await host.stat("/dev/kvm")) !== undefined && (await kvmRuns(host, kernel)) ? "kvm" : "tcg";
  await host.write(path, `${bootId} ${found}\n`, { mode: 0o600, uid: 0, gid: 0 });
  return found;
}

async function kvmRuns(host: Host, kernel: string): Promise<boolean> {
  // An emulator that aborts (a processor that KVM cannot copy) is an answer too: the shell makes an exit code of it.
  const shell = ["/bin/sh", "-c", '"$@" || exit', "probe"];
  const limit = ["timeout", "--foreground", "--kill-after=2s", `${probeSeconds}s`];
  const emulator = ["qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "256M", "-kernel", kernel];
  const console = [
    "-nodefaults",
    "-display",
    "none",
    "-serial",
    "stdio",
    "-append",
    "console=ttyS0 panic=-1",
  ];
  const { exitCode, stdout } = await host.run([...shell, ...limit, ...emulator, ...console, "-no-reboot"], {
    okCodes: Array.from({ length: 256 }, (_, code) => code),
    timeoutMs: (probeSeconds + 5) * 1000,
  });
  return exitCode === 0 && stdout.includes("Kernel panic");
}
