/** One person on the roster, with every default filled in. */
export interface RosterEntry {
  /** As the hub knows the person: JupyterHub takes names without regard to capitals. */
  username: string;
  /** The full name; "" where it is not known. */
  name: string;
  email: string;
  /** What another system (a learning platform) calls the person; "" where nothing does. */
  id: string;
  /** Unix groups, in small letters. */
  groups: string[];
  role: "student" | "admin";
  banned: boolean;
  /** Groups that class lists gave: "lab-1", or "band/lab-1" where the list was that of the group band (`--group`). */
  imported: string[];
}

/** The columns of roster.csv in the order in which Homeroom writes them; only the first has to be there. */
export const rosterColumns = [
  "username",
  "name",
  "email",
  "id",
  "groups",
  "role",
  "status",
  "imported",
] as const;

/** Those of a new file: the last one comes with the first class list that has groups. */
export const firstColumns = rosterColumns.filter((column) => column !== "imported");

export type RosterColumn = (typeof rosterColumns)[number];

/** A name as the hub compares it (JupyterHub's Authenticator.normalize_username). */
export function hubName(written: string): string {
  return written.toLowerCase();
}
