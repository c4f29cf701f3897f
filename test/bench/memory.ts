import type { Machine } from "../../installer/sandbox/machine.ts";

/**
 * Memory of the processes of units, in MB (10^6 bytes): their share of what is shared, all of what is not (PSS, as
 * proc_pid_smaps(5) has it in smaps_rollup).
 * @throws HomeroomError where a unit does not run.
 */
export async function pssOf(machine: Machine, units: readonly string[]): Promise<number> {
  const { stdout } = await machine.exec(["bash", "-euo", "pipefail", "-c", script, "pss", ...units]);
  return (Number(stdout.trim()) * 1024) / 1e6;
}

const script = `
for unit; do
  group=$(systemctl show -P ControlGroup -- "$unit")
  [ -n "$group" ] || { echo "$unit does not run" >&2; exit 1; }
  find "/sys/fs/cgroup$group" -name cgroup.procs -exec cat {} +
done | while read -r pid; do cat "/proc/$pid/smaps_rollup"; done | awk '/^Pss:/ { sum += $2 } END { print sum }'`;
