import type { HostReader } from "../host/host.ts";

export type UnitProperties = Readonly<Record<string, string>>;

/**
 * Properties of many units by one process, by unit name. Units that do not exist have LoadState=not-found.
 * With --root elsewhere, or before systemd is there, every unit is simply absent.
 */
export async function showUnits(
  host: HostReader,
  units: readonly string[],
  properties: readonly string[],
): Promise<Map<string, UnitProperties>> {
  if (units.length === 0) return new Map();
  const argv = [
    "systemctl",
    "show",
    "--no-pager",
    `--property=${["Id", ...properties].join(",")}`,
    "--",
    ...units,
  ];
  const { stdout } = await host.query(argv, { okCodes: [0, 1] });
  const shown = new Map<string, UnitProperties>();
  for (const block of stdout.split("\n\n")) {
    const lines = block.split("\n").filter((line) => line.includes("="));
    const entries = lines.map(
      (line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const,
    );
    const unit = Object.fromEntries(entries);
    if (unit["Id"] !== undefined) shown.set(unit["Id"], unit);
  }
  return shown;
}

/** The last lines that a unit wrote, for an error message. */
export function lastLogLines(host: HostReader, unit: string, lines = 8): Promise<string> {
  return journalText(host, [`--lines=${lines}`, `--unit=${unit}`]);
}

/** All that a unit wrote since it was started last. */
export async function lastRunLog(host: HostReader, unit: string): Promise<string> {
  const run = (await showUnits(host, [unit], ["InvocationID"])).get(unit)?.["InvocationID"] ?? "";
  return journalText(host, [`_SYSTEMD_INVOCATION_ID=${run}`]);
}

async function journalText(host: HostReader, selection: readonly string[]): Promise<string> {
  const argv = ["journalctl", "--no-pager", "--quiet", "--output=cat", ...selection];
  const { stdout } = await host.query(argv, { okCodes: [0, 1] });
  return stdout.trimEnd();
}
