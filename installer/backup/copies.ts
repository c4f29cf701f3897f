import type { Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { tag } from "./make-copy.ts";
import { restic, type Repository } from "./repository.ts";

/** One copy in the repository. */
export interface Copy {
  /** Eight hexadecimal digits, by which it is named. */
  id: string;
  /** ISO 8601. */
  at: string;
  /** The machine that it is of. */
  machine: string;
}

/** Every copy that Homeroom made, oldest first. @throws HomeroomError where the repository does not open */
export async function listCopies(host: Host, repository: Repository): Promise<Copy[]> {
  const { stdout } = await restic(host, repository, ["snapshots", "--json", "--no-lock", `--tag=${tag}`]);
  const found = JSON.parse(stdout) as { short_id: string; time: string; hostname: string }[] | null;
  return (found ?? [])
    .map(({ short_id: id, time: at, hostname: machine }) => ({ id, at, machine }))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The copy that somebody means: the newest where nothing is said. @throws HomeroomError where there is none */
export function chooseCopy(copies: readonly Copy[], id: string | undefined): Copy {
  const chosen = id === undefined ? copies.at(-1) : copies.find((copy) => copy.id === id.slice(0, 8));
  if (chosen === undefined) {
    throw new HomeroomError(id === undefined ? "There is no copy yet." : `There is no copy ${id}.`, {
      remedy: "See which there are: sudo homeroom backup list",
    });
  }
  const machines = new Set(copies.map(({ machine }) => machine));
  if (id === undefined && machines.size > 1) {
    throw new HomeroomError(`There are copies of several machines: ${[...machines].join(", ")}.`, {
      remedy: "Name the copy: sudo homeroom backup list, then sudo homeroom restore ID",
    });
  }
  return chosen;
}
