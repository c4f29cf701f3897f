import { parseCsv, type Cell, type CsvRow } from "../csv.ts";
import type { Config } from "../config.ts";
import { nearest } from "../nearest.ts";
import { locate, type Finding, type Problem, type Severity } from "../problem.ts";
import { isPowerfulGroup, systemGroups, unusableGroup } from "./group-names.ts";
import { firstColumns, hubName, rosterColumns, type RosterColumn, type RosterEntry } from "./roster.ts";
import { unusableName } from "./unusable-name.ts";

export interface RosterContext {
  /** The config's own lists, which the roster may not contradict. */
  config?: Pick<Config, "users">;
  /** The Unix account of a person, undefined where it is nobody else's in any case; two who lead to the same one are told. */
  accountOf?: (username: string) => string | undefined;
}

export interface LoadedRoster {
  /** All of them, errors first. */
  problems: Problem[];
  /** In the order of the file; undefined where there is an error. */
  entries?: RosterEntry[];
}

const roles = ["student", "admin"] as const;
const statuses = ["active", "banned"] as const;

/** From roster.csv to Problems or people. Pure; never throws for a bad text. */
export function loadRoster(text: string | Uint8Array, context: RosterContext = {}): LoadedRoster {
  const decoded =
    typeof text === "string" ? text : new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
  const reader = new RosterReader(context);
  reader.read(decoded);
  const problems = locate(reader.findings, decoded);
  const valid = !problems.some(({ severity }) => severity === "error");
  return { problems, ...(valid && { entries: reader.entries }) };
}

class RosterReader {
  readonly findings: Finding[] = [];
  readonly entries: RosterEntry[] = [];
  readonly #context: RosterContext;
  /** Where the columns stand. */
  readonly #places: Partial<Record<RosterColumn, number>> = {};
  readonly #seen = new Map<string, string>();
  readonly #accounts = new Map<string, string>();
  /** The config's own lists. */
  readonly #admins: ReadonlySet<string>;
  readonly #banned: ReadonlySet<string>;

  constructor(context: RosterContext) {
    this.#context = context;
    this.#admins = new Set(context.config?.users.admin.map(hubName));
    this.#banned = new Set(context.config?.users.banned.map(hubName));
  }

  read(text: string): void {
    if (text.includes("\uFFFD")) {
      const at = text.indexOf("\uFFFD");
      this.#add(
        "not-utf-8",
        { start: at, end: at + 1 },
        "The file is not UTF-8 text.",
        "Save it as CSV UTF-8.",
      );
    }
    const { rows, unclosed } = parseCsv(text);
    if (unclosed !== undefined) {
      const span = { start: unclosed, end: unclosed + 1 };
      this.#add(
        "open-quote",
        span,
        "This quotation mark is never closed.",
        "Write another one behind the value.",
      );
      return;
    }
    const [header, ...people] = rows;
    if (header === undefined) return;
    const columns = this.#readHeader(header);
    if (columns === undefined) return;
    this.#claimConfigAccounts();
    for (const row of people) this.#readRow(row, columns);
  }

  /** The columns by place; undefined where nothing can be read without them. */
  #readHeader(header: CsvRow): (RosterColumn | undefined)[] | undefined {
    const seen = new Set<string>();
    const columns = header.cells.map((cell) => {
      const name = cell.text.toLowerCase();
      const known = rosterColumns.find((column) => column === name);
      if (name !== "" && seen.has(name)) {
        this.#add("same-column", cell.span, `There are two columns \`${name}\`.`, "Delete one of them.");
      }
      seen.add(name);
      if (known === undefined && name !== "" && !name.startsWith("x-")) this.#refuseColumn(cell);
      return known;
    });
    for (const [place, column] of columns.entries()) if (column !== undefined) this.#places[column] ??= place;
    if (columns.includes("username")) return columns;
    const hint =
      `Write \`${firstColumns.join(",")}\` into the first line. ` +
      "A list from a learning platform is read by: homeroom users import FILE";
    this.#add("no-username", header.span, "No column is called `username`.", hint);
    return undefined;
  }

  #refuseColumn({ text, span }: Cell): void {
    const meant = nearest(text.toLowerCase(), rosterColumns);
    const hint =
      meant === undefined
        ? `Columns are ${rosterColumns.join(", ")}; begin its name with x- if it is a note of yours.`
        : `Did you mean \`${meant}\`?`;
    this.#add("unknown-column", span, `There is no column \`${text}\`.`, hint);
  }

  #readRow(row: CsvRow, columns: readonly (RosterColumn | undefined)[]): void {
    if (row.cells.every(({ text }) => text === "")) return;
    const extra =
      row.cells.length > columns.length
        ? row.cells.slice(columns.length).find(({ text }) => text !== "")
        : undefined;
    if (extra !== undefined) {
      const hint = "A value with a separator in it stands in quotation marks.";
      this.#add("extra-cell", extra.span, "This row has more values than the first line has columns.", hint);
    }
    const none = { text: "", span: row.span };
    // Most lists have few of the columns, and there are thousands of rows.
    const cellOf = (column: RosterColumn): Cell => {
      const place = this.#places[column];
      return place === undefined ? none : (row.cells[place] ?? none);
    };
    const username = this.#readUsername(cellOf("username"), row);
    const entry = {
      username: username ?? "",
      name: cellOf("name").text,
      email: cellOf("email").text,
      id: cellOf("id").text,
      groups: this.#readGroups(cellOf("groups")),
      role: this.#choice(cellOf("role"), roles, "role") ?? "student",
      banned: this.#choice(cellOf("status"), statuses, "status") === "banned",
      // Only a later import looks at it, by name.
      imported: this.#words(cellOf("imported")),
    };
    if (username === undefined) return;
    this.#compareWithConfig(entry, cellOf);
    this.entries.push(entry);
  }

  /** The name as the hub has it; undefined where nobody can have it. */
  #readUsername({ text, span }: Cell, row: CsvRow): string | undefined {
    if (text === "") {
      this.#add("user-name", row.span, "This row has no user name.", "Write one, or delete the row.");
      return undefined;
    }
    const reason = unusableName(text);
    if (reason !== undefined) {
      this.#add("user-name", span, `\`${text}\` cannot be a user name: ${reason}.`, "Correct the name.");
      return undefined;
    }
    const username = hubName(text);
    const first = this.#seen.get(username);
    if (first === undefined) this.#seen.set(username, text);
    if (first !== undefined) {
      const twin =
        first === text ? "is there twice" : `and \`${first}\` are one person: capitals do not count`;
      this.#add("same-name", span, `\`${text}\` ${twin}.`, "Delete one of the two rows, or change the name.");
      return undefined;
    }
    this.#claimAccount(username, span);
    return username;
  }

  #claimAccount(username: string, span: Cell["span"]): void {
    const account = this.#context.accountOf?.(username);
    if (account === undefined) return;
    const owner = this.#accounts.get(account);
    if (owner !== undefined && owner !== username) {
      const message = `\`${username}\` and \`${owner}\` would share the account ${account}.`;
      this.#add("same-account", span, message, "Give one of them a shorter or plainer name.");
    }
    this.#accounts.set(account, owner ?? username);
  }

  #claimConfigAccounts(): void {
    const { config, accountOf } = this.#context;
    if (config === undefined || accountOf === undefined) return;
    const { allowed, admin, extraUserGroups } = config.users;
    for (const name of [...allowed, ...admin, ...Object.values(extraUserGroups).flat()].map(hubName)) {
      const account = accountOf(name);
      if (account !== undefined) this.#accounts.set(account, name);
    }
  }

  #words({ text }: Cell): string[] {
    return text === "" ? [] : text.split(" ").filter(Boolean);
  }

  /** Separated by spaces, semicolons, commas or bars; small letters, so that a spreadsheet's capitals do no harm. */
  #readGroups({ text, span }: Cell): string[] {
    if (text === "") return [];
    const groups = new Set(
      text
        .toLowerCase()
        .split(/[\s;,|]+/)
        .filter(Boolean),
    );
    for (const group of groups) {
      const reason = systemGroups.has(group)
        ? "Debian has it for other things"
        : isPowerfulGroup(group)
          ? "its members can read or change what is not theirs"
          : unusableGroup(group);
      if (reason === undefined) continue;
      const hint =
        "Choose another name; a group of the system is given by users.extra_user_groups in the config.";
      this.#add("group-name", span, `\`${group}\` cannot be a group of people: ${reason}.`, hint);
    }
    return [...groups];
  }

  #choice<Word extends string>(
    { text, span }: Cell,
    words: readonly Word[],
    column: RosterColumn,
  ): Word | undefined {
    if (text === "") return undefined;
    const word = text.toLowerCase();
    const found = words.find((each) => each === word);
    if (found !== undefined) return found;
    const meant = nearest(word, words);
    const hint =
      meant === undefined ? `Write ${words.join(" or ")}, or nothing.` : `Did you mean \`${meant}\`?`;
    this.#add("unknown-value", span, `\`${text}\` is no ${column}.`, hint);
    return undefined;
  }

  /** A ban wins, wherever it stands; a banned admin is a contradiction. */
  #compareWithConfig(entry: RosterEntry, cellOf: (column: RosterColumn) => Cell): void {
    const { username, role, banned } = entry;
    const hint = "Take one of the two back.";
    if (banned && (role === "admin" || this.#admins.has(username))) {
      const message = `\`${username}\` is banned and an admin. Nobody can be both.`;
      this.#add("banned-and-admin", cellOf("status").span, message, hint);
    } else if (role === "admin" && this.#banned.has(username)) {
      const message = `\`${username}\` is an admin here and banned in the config. Nobody can be both.`;
      this.#add("banned-and-admin", cellOf("role").span, message, hint);
    } else if (!banned && this.#banned.has(username)) {
      const message = `\`${username}\` is banned in the config. The ban wins.`;
      this.#add("banned-and-allowed", cellOf("username").span, message, hint, "warning");
    }
  }

  #add(
    code: string,
    span: Finding["span"],
    message: string,
    hint: string,
    severity: Severity = "error",
  ): void {
    this.findings.push({ severity, code, path: [], span, message, hint });
  }
}
