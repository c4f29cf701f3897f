import type { RosterEntry } from "../roster/roster.ts";
import type { ListedPerson } from "./read-class-list.ts";
import { freeName, wantedName } from "./user-names.ts";

/** Somebody who is known already; sure where an id, an address or the list's own user name says so. */
interface Match {
  entry: RosterEntry | undefined;
  isSure: boolean;
}

/** Who is known by what. */
export class AddressBook {
  readonly #byName = new Map<string, RosterEntry>();
  readonly #byEmail = new Map<string, RosterEntry>();
  readonly #byId = new Map<string, RosterEntry>();
  readonly #wholeAddress: boolean;

  /** Who is there now comes before those who were: the same address may be in both. */
  constructor(present: readonly RosterEntry[], former: readonly RosterEntry[], wholeAddress: boolean) {
    this.#wholeAddress = wholeAddress;
    for (const entry of [...former, ...present]) this.add(entry);
  }

  add(entry: RosterEntry): void {
    this.#byName.set(entry.username, entry);
    if (entry.email !== "") this.#byEmail.set(entry.email.toLowerCase(), entry);
    if (entry.id !== "") this.#byId.set(entry.id, entry);
  }

  /** The same person: by what identifies, else by a user name that nothing speaks against. */
  find(person: ListedPerson): Match {
    const { id, email, username } = person;
    const certain =
      (id !== "" && this.#byId.get(id)) || (email !== "" && this.#byEmail.get(email)) || undefined;
    if (certain !== undefined) return { entry: certain, isSure: true };
    const namesake = this.#byName.get(wantedName(person, this.#wholeAddress));
    if (namesake === undefined || username !== "") return { entry: namesake, isSure: false };
    const differs = (["id", "email", "name"] as const).some(
      (key) =>
        namesake[key] !== "" &&
        person[key] !== "" &&
        namesake[key].toLowerCase() !== person[key].toLowerCase(),
    );
    return { entry: differs ? undefined : namesake, isSure: false };
  }

  /** A user name that nobody has or had; "" where there is nothing to make one of. */
  freeNameFor(person: ListedPerson): string {
    const wanted = wantedName(person, this.#wholeAddress);
    return wanted === "" ? "" : freeName(wanted, this.#byName);
  }
}
