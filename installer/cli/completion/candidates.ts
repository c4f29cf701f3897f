import type { Command, Option } from "commander";
import type { Completion } from "../../../config/complete.ts";
import { completerOf, type ShellsOwn } from "./argument-values.ts";
import type { KnownNames } from "./known-names.ts";
import { positionOf, visibleCommands, visibleOptions, type Position } from "./position.ts";

export interface Candidates {
  completions: Completion[];
  /** What the shell itself completes besides. */
  shells: ShellsOwn | undefined;
}

/** Everything that may stand in the place of the last word, from the commands' own definitions. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  known: KnownNames,
): Promise<Candidates> {
  const position = positionOf(program, words);
  const { completions, shells } = await allFor(position, known);
  return { completions: completions.filter(({ value }) => value.startsWith(position.current)), shells };
}

async function allFor(position: Position, known: KnownNames): Promise<Candidates> {
  const { command, current, given, open, option, argument, before } = position;
  if (option !== undefined) {
    const typed = { ...position, current: current.slice(before.length) };
    const { completions, shells } = await valuesFor(valueName(option), option.argChoices, typed, known);
    return { completions: completions.map((each) => ({ ...each, value: before + each.value })), shells };
  }
  if (open && /^-./.test(current)) return { completions: optionsOf(command), shells: undefined };
  const subcommands = open && given.length === 0 ? commandsOf(command) : [];
  const values = argument && (await valuesFor(argument.name(), argument.argChoices, position, known));
  const completions = [...subcommands, ...(values?.completions ?? [])];
  // Where nothing else may follow, options are what is left.
  const isEnd = open && completions.length === 0 && argument === undefined;
  return { completions: isEnd ? optionsOf(command) : completions, shells: values?.shells };
}

async function valuesFor(
  name: string,
  choices: readonly string[] | undefined,
  { path, current, given }: Position,
  known: KnownNames,
): Promise<Candidates> {
  if (choices !== undefined)
    return { completions: choices.map((value) => ({ value, description: "" })), shells: undefined };
  const complete = completerOf(name);
  if (complete === undefined || typeof complete === "string") return { completions: [], shells: complete };
  return {
    completions: await complete({ command: path.at(-1) ?? "", current, given, known }),
    shells: undefined,
  };
}

/** "file" of `--file <file>`. */
function valueName({ flags }: Option): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? "";
}

function commandsOf(command: Command): Completion[] {
  return visibleCommands(command).map((inner) => ({
    value: inner.name(),
    description: firstSentence(inner.summary() || inner.description()),
  }));
}

function optionsOf(command: Command): Completion[] {
  return visibleOptions(command).map(({ long, short, description }) => ({
    value: long ?? short ?? "",
    description: firstSentence(description),
  }));
}

function firstSentence(text: string): string {
  return (/^.*?(?=[.:;](?:\s|$)|$)/s.exec(text)?.[0] ?? "").replaceAll(/\s+/g, " ");
}
