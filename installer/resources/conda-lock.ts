/** What is read here of a line for one of conda's packages (templates/conda/records.py). */
interface CondaRecord {
  name: string;
  version: string;
  channel: string;
  url: string;
  sha256: string;
}

/** Conda's packages in a lock: its lines of JSON. */
export function condaRecords(lock: string): CondaRecord[] {
  return lock
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => ({ channel: "", ...(JSON.parse(line) as Omit<CondaRecord, "channel">) }));
}

/** What built the environment that a lock is of. */
export function managerOf({ lock }: { lock: string }): "venv" | "conda" {
  return condaRecords(lock).length > 0 ? "conda" : "venv";
}

/** The lines of a lock that pip and uv read. */
export function pipLines(lock: string): string {
  return lock
    .split("\n")
    .filter((line) => !line.startsWith("{"))
    .join("\n");
}
