import type { Host } from "../host/host.ts";
import { stateDirectory } from "./state.ts";

const anyCode = Array.from({ length: 256 }, (_, code) => code);

/**
 * KVM, if it really runs a guest: it may open and then hang. The probe boots one sector that writes to QEMU's debug
 * port, which ends the emulator with a code of its own. Kept until this machine boots again.
 */
export async function accelerator(host: Host): Promise<"kvm" | "tcg"> {
  const bootId = (await host.read("/proc/sys/kernel/random/boot_id"))?.toString().trim();
  const path = `${stateDirectory}/accelerator`;
  const [knownBoot, known] = (await host.read(path))?.toString().trim().split(" ") ?? [];
  if (knownBoot === bootId && (known === "kvm" || known === "tcg")) return known;
  const found = (await host.stat("/dev/kvm")) !== undefined && (await kvmRuns(host)) ? "kvm" : "tcg";
  await host.write(path, `${bootId} ${found}\n`, { mode: 0o600, uid: 0, gid: 0 });
  return found;
}

async function kvmRuns(host: Host): Promise<boolean> {
  const sector = `${stateDirectory}/probe.img`;
  await host.write(sector, probeSector(), { mode: 0o600, uid: 0, gid: 0 });
  const { exitCode } = await host.run(
    [
      ...[
        "timeout",
        "--signal=KILL",
        "4s",
        "qemu-system-x86_64",
        "-accel",
        "kvm",
        "-nodefaults",
        "-display",
        "none",
      ],
      ...["-no-reboot", "-m", "32M", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"],
      ...["-drive", `file=${host.realPath(sector)},format=raw,if=ide,readonly=on`],
    ],
    { okCodes: anyCode, timeoutMs: 10_000 },
  );
  await host.remove(sector);
  return exitCode === probeExitCode;
}

/** isa-debug-exit ends the emulator with twice the value written, plus one. */
const probeValue = 0x21;
const probeExitCode = probeValue * 2 + 1;

/** mov al, probeValue; mov dx, 0xf4; out dx, al; hlt: a boot sector with its signature. */
function probeSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set([0xb0, probeValue, 0xba, 0xf4, 0x00, 0xee, 0xf4]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}
