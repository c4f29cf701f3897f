import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { MachineKind } from "./state.ts";

const timeoutMs = 600_000;

/**
 * Copies a file or directory into a machine; `enter` is the argv that runs a program there. The bytes go from tar
 * to tar, so what the guest has put under a path is followed by the guest's own kernel, never by ours.
 */
export async function copyToMachine(
  host: Host,
  enter: readonly string[],
  kind: MachineKind,
  from: string,
  to: string,
): Promise<void> {
  await pipe(host, kind, enter, [from, to], {
    file: `exec 3<"$1"; mode=$(stat -L -c %a -- "$1"); guest 'mkdir -p -- "$(dirname -- "$1")" && cat >"$1" && chmod "$2" "$1"' "$2" "$mode" <&3`,
    directory: `tar -C "$1" --owner=0 --group=0 -cf - . | guest 'mkdir -p -- "$1" && tar -C "$1" -xf -' "$2"`,
    isDirectory: `[ -d "$1" ]`,
  });
}

/** Copies a file or directory out of a machine. */
export async function copyFromMachine(
  host: Host,
  enter: readonly string[],
  kind: MachineKind,
  from: string,
  to: string,
): Promise<void> {
  await pipe(host, kind, enter, [from, to], {
    file: `mkdir -p -- "$(dirname -- "$2")"; guest 'cat -- "$1"' "$1" >"$2"`,
    directory: `mkdir -p -- "$2"; guest 'tar -C "$1" -cf - .' "$1" | tar -C "$2" --no-same-owner -xf -`,
    isDirectory: `guest '[ -d "$1" ]' "$1"`,
  });
}

async function pipe(
  host: Host,
  kind: MachineKind,
  enter: readonly string[],
  [from, to]: readonly [string, string],
  { file, directory, isDirectory }: { file: string; directory: string; isDirectory: string },
): Promise<void> {
  if (enter.length === 0) {
    throw new HomeroomError("The machine is not running.", {
      remedy: "`homeroom sandbox list` shows what is.",
    });
  }
  // ssh hands its arguments to a shell as one string; nsenter takes them as they are.
  const guest =
    kind === "vm"
      ? `guest() { local words="" word; for word in /bin/sh -c "$1" guest "\${@:2}"; do words+=" \${word@Q}"; done; "\${enter[@]}" "$words"; }`
      : `guest() { "\${enter[@]}" /bin/sh -c "$1" guest "\${@:2}"; }`;
  const script = `enter=("\${@:3}"); ${guest}; if ${isDirectory}; then ${directory}; else ${file}; fi`;
  await host.run(["bash", "-euo", "pipefail", "-c", script, "copy", from, to, ...enter], { timeoutMs });
}
