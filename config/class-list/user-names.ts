import { hubName } from "../roster/roster.ts";
import { unusableName } from "../roster/unusable-name.ts";
import type { ListedPerson } from "./read-class-list.ts";

/**
 * The user name that a person would like: the one that the list gives, else the address, else the name, else the id.
 * What JupyterHub does not take as it stands is written with letters that it does; "" where nothing is left.
 * @param wholeAddress whether people log in with their e-mail address (a login service); else its first part is used
 */
export function wantedName(person: Omit<ListedPerson, "line" | "sections">, wholeAddress: boolean): string {
  const { username, email, name, id } = person;
  const address = wholeAddress ? email : (email.split("@")[0] ?? "");
  const candidates = [
    hubName(username),
    nameToUser(username),
    hubName(address),
    nameToUser(address),
    nameToUser(name),
    nameToUser(id),
  ];
  return candidates.find((text) => unusableName(text) === undefined) ?? "";
}

/** "María-José Núñez" as "maria-jose.nunez"; letters of other scripts stay, as JupyterHub takes them. */
function nameToUser(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[ßæøœđðłþı]/g, (letter) => others[letter] ?? letter)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .normalize("NFC");
  return plain
    .replaceAll(/['’`.]/g, "")
    .replaceAll(/[^\p{L}\p{N}-]+/gu, ".")
    .replaceAll(/^[.-]+|[.-]+$/g, "");
}

/** Letters that Unicode does not take apart. */
const others: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  ø: "o",
  œ: "oe",
  đ: "d",
  ð: "d",
  ł: "l",
  þ: "th",
  ı: "i",
};

/** The name itself where nobody has it, else with the first number behind it that makes it free. */
export function freeName(wanted: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    if (!taken.has(`${wanted}${number}`)) return `${wanted}${number}`;
  }
}
