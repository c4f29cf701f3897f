const MiB = 1024 ** 2;

/**
 * Bytes that all servers together may use: the machine's memory less a reserve for the system, the hub and
 * the proxy (an eighth, at least 384 MiB and at most 2 GiB).
 */
export function classMemory(machine: number): number {
  const reserve = Math.min(Math.max(machine / 8, 384 * MiB), 2048 * MiB);
  return Math.floor(Math.max(machine - reserve, machine / 2) / MiB) * MiB;
}
