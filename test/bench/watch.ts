import type { Machine } from "../../installer/sandbox/machine.ts";

/** What happened on a machine while something ran, however it says so itself. */
export interface Witnessed {
  /** Files and directories that were made, changed or removed; a temporary file shows in its directory. */
  written: string[];
  /** What systemd said in the journal of units that it started, stopped or read again. */
  systemd: string[];
}

/**
 * Watches the whole file system and the journal while something runs: every path's inode, size, mode, mtime and ctime
 * before and after (ctime counts whatever is done to a file or in a directory), and what process 1 logged meanwhile.
 * What the running hub, its servers and the journal write for themselves is left out.
 */
export async function witness(machine: Machine, run: () => Promise<void>): Promise<Witnessed> {
  const look = async (script: string) =>
    (await machine.exec(["bash", "-euo", "pipefail", "-c", script])).stdout;
  const cursor = (await look("journalctl --sync; journalctl -n 0 --show-cursor -q"))
    .replace(/^-- cursor: /, "")
    .trim();
  // A first reading can itself change a directory: overlayfs then drops its mark of what was copied up in it.
  await look(listing);
  const before = (await look(listing)).split("\n");
  await run();
  const after = (await look(listing)).split("\n");
  const said = await look(`journalctl --sync; journalctl -q -o json --after-cursor '${cursor}'`);
  return { written: changedPaths(before, after), systemd: wordsOfSystemd(said) };
}

/** Says what was seen, so that a figure above 0 can be looked into. */
export function narrateWitnessed(say: (line: string) => void, { written, systemd }: Witnessed): void {
  for (const path of written) say(`written: ${path}`);
  for (const words of systemd) say(`systemd: ${words}`);
}

/** Not left to journalctl: with a match, systemd 252's --after-cursor passes over the first entry that matches. */
function wordsOfSystemd(journal: string): string[] {
  const entries = journal.split("\n").filter((line) => line !== "");
  return entries
    .map((line) => JSON.parse(line) as { _PID: string; MESSAGE: string })
    .filter(({ _PID: pid }) => pid === "1")
    .map(({ MESSAGE: words }) => words);
}

/** Paths whose line is in one of two listings and not in the other. */
function changedPaths(before: readonly string[], after: readonly string[]): string[] {
  const [one, other] = [new Set(before), new Set(after)];
  const differing = [...before.filter((line) => !other.has(line)), ...after.filter((line) => !one.has(line))];
  return [...new Set(differing.map((line) => line.slice(line.lastIndexOf("\t") + 1)))];
}

const listing = `
find / /run -xdev \\( -path /var/log/journal -o -path /run/log/journal -o -path /run/systemd/journal \\
  -o -path /var/lib/homeroom/hub -o -path /var/lib/stock -o -path /run/homeroom-servers -o -path /home \\) -prune \\
  -o -printf '%i %s %m %T@ %C@\\t%p\\n'`;
