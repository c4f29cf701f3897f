import { dirname, resolve } from "node:path";
import type { Config } from "../../../config/config.ts";
import type { RosterEntry } from "../../../config/roster/roster.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { alignColumns } from "../align-columns.ts";
import { publicAddress } from "../status.ts";

interface HandOut {
  config: Config;
  people: readonly RosterEntry[];
  /** By user name; whoever has none is left out. */
  passwords: ReadonlyMap<string, string>;
  /** Where to, against the working directory; undefined for a new file in root's home. */
  path: string | undefined;
}

/** Slips on a page of paper with 60 lines. */
const slipsOnPage = 10;

/**
 * Writes the passwords of a class for printing and cutting up, for root alone. Never over a file that is there.
 * @returns the file
 * @throws HomeroomError (exit code 64) where something of that name is there, or no folder for it
 */
export async function writeHandOut(
  host: Host,
  { config, people, passwords, path }: HandOut,
): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const file = path === undefined ? `/root/homeroom-passwords-${stamp}.txt` : resolve(path);
  const text = handOutText(publicAddress(config), people, passwords);
  if ((await host.stat(dirname(file)))?.kind !== "directory") {
    throw new HomeroomError(`There is no folder ${dirname(file)}.`, {
      remedy: "Name another file: --hand-out FILE",
      exitCode: exitCodes.usage,
    });
  }
  if (await host.create(file, text, { mode: 0o600, uid: 0, gid: 0 })) return file;
  throw new HomeroomError(`${file} is there already.`, {
    remedy: "Name another file: --hand-out FILE",
    exitCode: exitCodes.usage,
  });
}

/** A slip for each person, by name, ten to a page. */
export function handOutText(
  address: string,
  people: readonly RosterEntry[],
  passwords: ReadonlyMap<string, string>,
): string {
  const order = (entry: RosterEntry) => (entry.name || entry.username).toLocaleLowerCase("en");
  const slips = people
    .filter(({ username }) => passwords.has(username))
    .toSorted((one, other) => order(one).localeCompare(order(other), "en"))
    .map(({ username, name }) =>
      alignColumns([
        ["Name", name],
        ["Address", address],
        ["User name", username],
        ["Password", passwords.get(username) ?? ""],
      ]),
    );
  const cut = `\n${"- ".repeat(30).trim()}\n`;
  const pages = Array.from({ length: Math.ceil(slips.length / slipsOnPage) }, (_, page) =>
    slips.slice(page * slipsOnPage, (page + 1) * slipsOnPage).join(cut),
  );
  return `${pages.join("\n\f")}\n`;
}
