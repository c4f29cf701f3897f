import type { Machine } from "../../installer/sandbox/machine.ts";

/**
 * Seconds that a line of shell takes in a machine, by a clock in there: entering the machine is not counted.
 * @throws HomeroomError with what it said, where it fails.
 */
export async function timeLine(
  machine: Machine,
  line: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const script = `began=$EPOCHREALTIME; { eval "$1"; } >/dev/null; ended=$EPOCHREALTIME; echo "$began $ended"`;
  const argv = ["bash", "-euo", "pipefail", "-c", script, "time", line];
  const { stdout } = await machine.exec(argv, { timeoutMs: 15 * 60_000, env });
  const [began = Number.NaN, ended = Number.NaN] = stdout.trim().split(" ").map(Number);
  return ended - began;
}
