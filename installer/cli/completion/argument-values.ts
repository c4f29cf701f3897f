import { completeKey, holdsNames, valuesOf, type Completion } from "../../../config/complete.ts";
import { keyPath } from "../../../config/key-path.ts";
import { nodeAt } from "../../../config/document.ts";
import type { KnownNames } from "./known-names.ts";

/** What a shell completes better than we do. */
export type ShellsOwn = "files" | "directories";

export interface ArgumentContext {
  /** The command's name: "add" or "remove". */
  command: string;
  current: string;
  /** The arguments before it. */
  given: readonly string[];
  known: KnownNames;
}

type Complete = (context: ArgumentContext) => Promise<Completion[]>;

/**
 * How the words are completed that an argument or an option's value may be, by its name in the command's own
 * definition: whoever names an argument `<user>` or `<generation>` has it completed.
 */
const byName: Readonly<Record<string, Complete | ShellsOwn>> = {
  file: "files",
  directory: "directories",
  key: async ({ current, known }) => completeKey(current, { root: await known.config() }),
  keys: async ({ current, known }) => completeKey(current, { root: await known.config(), only: "written" }),
  list: async ({ current, known }) => completeKey(current, { root: await known.config(), only: "lists" }),
  items: completeItems,
  assignments: completeAssignment,
  user: async ({ known }) => plain(await known.people()),
  names: async ({ known }) => plain(await known.people()),
  group: async ({ known }) => plain(await known.groups()),
  generation: async ({ known }) => known.generations(),
  task: async ({ known }) => plain(await known.tasks()),
};

/** How an argument of this name is completed; undefined where it is free text. */
export function completerOf(name: string): Complete | ShellsOwn | undefined {
  return Object.hasOwn(byName, name) ? byName[name] : undefined;
}

/** KEY=VALUE, or the VALUE behind a KEY of its own. */
async function completeAssignment({ current, given, known }: ArgumentContext): Promise<Completion[]> {
  const [key] = given;
  const root = await known.config();
  if (given.length === 1 && key !== undefined && !key.includes("=")) return plain(valuesOf(keyPath(key)));
  const equals = current.indexOf("=");
  if (equals < 0) return completeKey(current, { root, end: "=" });
  return plain(valuesOf(keyPath(current.slice(0, equals))), current.slice(0, equals + 1));
}

/** Who is in the list may be taken out of it, who is not may be added. */
async function completeItems({ command, given: [key = ""], known }: ArgumentContext): Promise<Completion[]> {
  const path = keyPath(key);
  const root = await known.config();
  const list = root && nodeAt(root, path);
  const items = list?.kind === "list" ? list.items : [];
  const written = items.flatMap((item) => (item.kind === "scalar" ? [item.text] : []));
  if (command === "remove") return plain(written);
  const people = holdsNames(path) ? await known.people() : [];
  return plain(people.filter((name) => !written.includes(name)));
}

function plain(values: readonly string[], before = ""): Completion[] {
  return values.map((value) => ({ value: `${before}${value}`, description: "" }));
}
