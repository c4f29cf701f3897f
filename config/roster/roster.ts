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
}

/** The columns of roster.csv in the order in which Homeroom writes them; only the first has to be there. */
export const rosterColumns = ["username", "name", "email", "id", "groups", "role", "status"] as const;

export type RosterColumn = (typeof rosterColumns)[number];

/** A name as the hub compares it (JupyterHub's Authenticator.normalize_username). */
export function hubName(written: string): string {
  return written.toLowerCase();
}
