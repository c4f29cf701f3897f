import { fieldWords, listFields, type ListField } from "../../../config/class-list/columns.ts";
import { decodeList } from "../../../config/class-list/decode.ts";
import { mergeClassList } from "../../../config/class-list/merge-class-list.ts";
import { readClassList, type ClassList } from "../../../config/class-list/read-class-list.ts";
import { UnreadableList } from "../../../config/class-list/unreadable-list.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { resultOf } from "../apply.ts";
import { readText } from "../config/read-text.ts";
import { canAsk, hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig, type ReadConfig } from "../read-config.ts";
import { changePeople, type PeopleChange } from "./change-people.ts";
import { describeImport } from "./describe-import.ts";
import { readFormerPeople } from "./former-people.ts";
import { writeHandOut } from "./hand-out.ts";
import { importedTexts, isNothing, type Import } from "./imported-texts.ts";
import { issuePasswords } from "./issue-passwords.ts";
import { peopleOf } from "./people-of.ts";

export interface ImportOptions extends GlobalOptions {
  map?: string[];
  group?: string;
  names?: "short" | "address";
  removeMissing?: true;
  dryRun?: true;
  handOut?: string;
  yes?: true;
  apply?: boolean;
  json?: true;
}

/**
 * `homeroom users import FILE`: a class list onto the roster. What was recognised and what would change is shown first;
 * where nobody can be asked, and `--yes` does not say it, that is all.
 */
export async function importUsers(file: string, options: ImportOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const mapping = new Map((options.map ?? []).map(mapped));
  const { file: name, bytes } = await readText(file);
  const list = readList(name, decodeList(bytes), mapping);
  if (options.dryRun || (!options.yes && !canAsk())) {
    const found = await compare(host, await readConfig(host), list, options);
    if (options.json) printJson(toJson(found));
    else print(describeImport(name, found));
    refuseUnclear(found);
    if (isNothing(found)) return;
    if (!options.dryRun) narrate("Nothing is changed yet. If this is right, add --yes.");
    process.exitCode = exitCodes.pending;
    return;
  }
  let result: object = {};
  const applied = await changePeople(host, {
    command: "users import",
    apply: options.apply,
    edit: async (read) => {
      const found = await compare(host, read, list, options);
      narrate(describeImport(name, found));
      refuseUnclear(found);
      result = toJson(found);
      if (isNothing(found)) return undefined;
      if (!options.yes && !(await isRight())) return "declined";
      const { change, handOut } = await withPasswords(host, read, found, options);
      result = { ...result, handOut: handOut ?? null };
      return change;
    },
  });
  if (options.json) printJson({ ...result, ...(applied && resultOf(applied)) });
}

/** "email=E-Mail 2" as commander gives it. */
function mapped(written: string): [ListField, string] {
  const [, name = "", column = ""] = /^([^=]*)=(.*)$/.exec(written) ?? [];
  const field = listFields.find((each) => each === name);
  if (field !== undefined) return [field, column.trim()];
  throw new HomeroomError(`--map ${written}: this is not FIELD=COLUMN.`, {
    remedy: `Fields are ${listFields.map((each) => `${each} (${fieldWords[each]})`).join(", ")}.`,
    exitCode: exitCodes.usage,
  });
}

function readList(file: string, text: string, mapping: ReadonlyMap<ListField, string>): ClassList {
  try {
    return readClassList(text, mapping);
  } catch (error) {
    if (!(error instanceof UnreadableList)) throw error;
    throw new HomeroomError(`${file}: ${error.message}`, { remedy: error.hint, cause: error });
  }
}

async function compare(
  host: Host,
  read: ReadConfig,
  list: ClassList,
  { group, names, removeMissing }: ImportOptions,
): Promise<Import> {
  const rows = new Map(read.roster.entries.map((entry) => [entry.username, entry.groups]));
  const everybody = peopleOf(read);
  const own = (username: string) => rows.get(username) ?? [];
  const merged = mergeClassList(list, {
    present: everybody.map((person) => ({ ...person, groups: own(person.username) })),
    given: new Map(
      everybody.map(({ username, groups }) => [
        username,
        groups.filter((name) => !own(username).includes(name)),
      ]),
    ),
    former: await readFormerPeople(host, new Set(everybody.map(({ username }) => username))),
    wholeAddress: names === undefined ? logsInByAddress(read) : names === "address",
    // As the roster reads groups.
    ...(group !== undefined && { group: group.toLowerCase() }),
  });
  return { list, merged, removeMissing: removeMissing === true };
}

/** Google and CILogon call people by their whole e-mail address. */
function logsInByAddress({ config: { auth } }: ReadConfig): boolean {
  return /google|cilogon/i.test(auth.class);
}

/** @throws HomeroomError where the list leaves open who somebody is */
function refuseUnclear({ merged: { unclear } }: Import): void {
  if (unclear.length === 0) return;
  const words = unclear.map(({ line, username, why }) =>
    why === "no-name"
      ? `Line ${line} has nothing to make a user name of.`
      : `Line ${line}: there was a ${username} before, whose home is kept.`,
  );
  const former = unclear.filter(({ why }) => why === "former").map(({ username }) => username);
  throw new HomeroomError(words.join("\n"), {
    remedy:
      former.length === 0
        ? "Correct the list, or leave these lines out."
        : `If it is the same person: sudo homeroom users restore ${former.join(" ")}\n` +
          "Else give the new person another user name in the list.",
  });
}

async function isRight(): Promise<boolean> {
  const { confirm } = await import("../ask.ts");
  return confirm("Is this right?", true);
}

/** The change, with passwords and their hand-out where the config wants them: both go where it fails. */
async function withPasswords(
  host: Host,
  read: ReadConfig,
  found: Import,
  { handOut: path }: ImportOptions,
): Promise<{ change: PeopleChange; handOut: string | undefined }> {
  const texts = importedTexts(read, found);
  const { added, returning, changed, same } = found.merged;
  const everybody = [...added, ...returning, ...changed, ...same].map(({ after }) => after);
  // An admin's password is no list's business.
  const people = everybody.filter(({ role }) => role === "student");
  const wanting = people.map(({ username }) => ({ username, admin: false }));
  const { passwords, takeBack } = await issuePasswords(host, read.config, wanting);
  if (passwords.size === 0) return { change: { ...texts, takeBack }, handOut: undefined };
  try {
    const handOut = await writeHandOut(host, { config: read.config, people, passwords, path });
    narrate(`The passwords of ${passwords.size} people are in ${handOut}: print it, hand it out, delete it.`);
    const both = async () => {
      await takeBack();
      await host.remove(handOut);
    };
    return { change: { ...texts, takeBack: both }, handOut };
  } catch (error) {
    await takeBack();
    throw error;
  }
}

/** The stable shape of `users import --json`. */
function toJson({ list, merged, removeMissing }: Import): object {
  const { added, returning, changed, same, missing, dissolved, unclear, repeated } = merged;
  return {
    columns: list.columns.map(({ number, header, field }) => ({ number, header, field: field ?? null })),
    skipped: list.skipped,
    repeated,
    added: added.map(({ after }) => after),
    returning: returning.map(({ after }) => after),
    changed,
    same: same.map(({ after }) => after.username),
    missing: missing.map(({ username }) => username),
    removesMissing: removeMissing,
    dissolved,
    unclear,
  };
}
