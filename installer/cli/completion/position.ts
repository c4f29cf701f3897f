import type { Argument, Command, Option } from "commander";

/** Where the word that is being typed stands, and what may follow there. */
export interface Position {
  command: Command;
  /** Names of the commands on the way: ["config", "set"]. */
  path: string[];
  /** The word as far as it is typed. */
  current: string;
  /** The words before it that are arguments of the command. */
  given: string[];
  /** The argument that the word would be. */
  argument?: Argument;
  /** The option whose value the word is; what stands before the value in the same word, as in `--for=`. */
  option?: Option;
  before: string;
  /** Whether the word may be an option or a subcommand. */
  open: boolean;
}

/** Reads words as commander will, up to the last one, which is still being typed. */
export function positionOf(program: Command, words: readonly string[]): Position {
  const current = words.at(-1) ?? "";
  let command = program;
  const path: string[] = [];
  let given: string[] = [];
  let pending: Option | undefined;
  let open = true;
  for (const word of words.slice(0, -1)) {
    if (pending !== undefined) {
      pending = undefined;
    } else if (open && word === "--") {
      open = false;
    } else if (open && word.startsWith("-") && word !== "-") {
      pending = word.includes("=") ? undefined : withValue(findOption(command, word));
    } else {
      const inner = open && given.length === 0 ? findCommand(command, word) : undefined;
      if (inner === undefined) given.push(word);
      else {
        command = inner;
        path.push(inner.name());
        given = [];
      }
    }
  }
  const base = { command, path, current, given, open, before: "" };
  if (pending !== undefined) return { ...base, option: pending };
  const equals = open && current.startsWith("--") ? current.indexOf("=") : -1;
  const option = equals < 0 ? undefined : withValue(findOption(command, current.slice(0, equals)));
  if (option !== undefined) return { ...base, option, before: current.slice(0, equals + 1) };
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[given.length] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? base : { ...base, argument };
}

/** Subcommands that the help shows. */
export function visibleCommands(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((inner) => inner.name() !== "help");
}

/** Options that may stand here: the command's own and those of the commands around it. */
export function visibleOptions(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  const around = command.parent === null ? [] : visibleOptions(command.parent);
  return [...own, ...around.filter(({ long }) => !own.some((option) => option.long === long))];
}

function findCommand(command: Command, word: string): Command | undefined {
  return command.commands.find((inner) => inner.name() === word || inner.aliases().includes(word));
}

function findOption(command: Command, word: string): Option | undefined {
  return visibleOptions(command).find(({ long, short }) => long === word || short === word);
}

function withValue(option: Option | undefined): Option | undefined {
  return option?.required || option?.optional ? option : undefined;
}
