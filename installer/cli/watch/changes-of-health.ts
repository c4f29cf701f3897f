/** What the last looks saw. */
export interface Watched {
  /** Whether what was told last is that all is well. */
  toldHealthy: boolean;
  /** Looks in a row that saw trouble. */
  bad: number;
}

export const nothingSeen: Watched = { toldHealthy: true, bad: 0 };

/** A service that restarts is away for one look: trouble is told from the second on, that it is over at once. */
const looks = 2;

/** What one more look changes, and whether somebody is told. */
export function look(before: Watched, healthy: boolean): { after: Watched; tell: boolean } {
  const bad = healthy ? 0 : before.bad + 1;
  const tell = healthy ? !before.toldHealthy : before.toldHealthy && bad >= looks;
  return { after: { toldHealthy: tell ? healthy : before.toldHealthy, bad }, tell };
}

/** The record of the last look; a damaged one counts as none. */
export function readWatched(text: string): Watched {
  try {
    const { toldHealthy, bad } = JSON.parse(text) as Partial<Watched>;
    if (typeof toldHealthy === "boolean" && typeof bad === "number") return { toldHealthy, bad };
  } catch {
    // as if nothing had been seen
  }
  return nothingSeen;
}
