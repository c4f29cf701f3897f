import type { Command } from "commander";
import { nearest } from "../../config/nearest.ts";

/**
 * Sets on a command and all below it what commander does not pass on: it throws instead of ending the process in the
 * middle, suggests what was meant, and says where to read on.
 */
export function makeStrict(command: Command, path = command.name()): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`(${path} --help says what there is.)`);
  if (command.commands.length > 0 && command.registeredArguments.length === 0) refuseUnknown(command);
  for (const each of command.commands) makeStrict(each, `${path} ${each.name()}`);
}

/** A command that does something by itself takes a misspelled one of its commands for a superfluous argument. */
function refuseUnknown(command: Command): void {
  command.allowExcessArguments().hook("preAction", (_, called) => {
    const [word] = command.args;
    if (called !== command || word === undefined) return;
    const names = command.commands.flatMap((each) => [each.name(), ...each.aliases()]);
    const meant = nearest(word, names, 3);
    const suggestion = meant === undefined ? "" : `\n(Did you mean ${meant}?)`;
    command.error(`error: unknown command '${word}'${suggestion}`, { code: "commander.unknownCommand" });
  });
}
