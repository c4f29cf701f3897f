import { addItem, EditProblem, removeItem, setValue, unsetValue } from "../../../config/edit.ts";
import { countProblems, formatProblems } from "../../../config/format.ts";
import { keyPath, readValue, textValue } from "../../../config/key-path.ts";
import { loadConfig } from "../../../config/load.ts";
import type { ConfigNode } from "../../../config/document.ts";
import type { Problem } from "../../../config/problem.ts";
import { accountName } from "../../desired/account-name.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { hostOf, requireRoot } from "../context.ts";
import type { GlobalOptions } from "../context.ts";
import { header, lockConfig, readConfigFile, writeConfigFile } from "./config-file.ts";
import { narrate, wantsColor } from "./output.ts";
import { configPath, readInput } from "./read-text.ts";

interface ChangeOptions extends GlobalOptions {
  string?: true;
  /** commander's name for the absence of --no-apply. */
  apply?: boolean;
  yes?: true;
  force?: true;
}

type Edit = (text: string) => string;

/**
 * `homeroom config set`, `unset`, `add` and `remove`: several edits as one change, checked before anything is
 * written, applied afterwards.
 * @throws HomeroomError (exit code 78) where the result would not be valid.
 */
export async function changeConfig(
  name: string,
  args: readonly string[],
  options: ChangeOptions,
): Promise<void> {
  requireRoot(options);
  const edits = await editsOf(name, args, options);
  const host = hostOf(options);
  await using _lock = await lockConfig(host, `config ${name}`);
  const bytes = await readConfigFile(host);
  const before =
    bytes === undefined ? header : new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
  const written = attempt(() => edits.reduce((edited, edit) => edit(edited), before));
  if (written === before && bytes !== undefined) return narrate("Nothing to change: it is so already.");
  tellNewProblems(host.realPath(configPath), before, written);
  await writeConfigFile(host, written);
  if (options.apply === false) return narrate("Written. It holds after: sudo homeroom apply");
  const { applyOrRestore } = await import("./apply-or-restore.ts");
  await applyOrRestore(host, {
    command: `config ${name}`,
    flags: { yes: options.yes },
    written,
    async restore() {
      await writeConfigFile(host, before);
      return "The config is as it was.";
    },
  });
}

function attempt(edit: () => string): string {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof EditProblem)) throw error;
    throw new HomeroomError(error.message, { remedy: error.hint, cause: error });
  }
}

/**
 * Shows what the change brings; errors that the file had before do not keep anybody from mending it key by key.
 * @throws HomeroomError (exit code 78) where it brings an error.
 */
function tellNewProblems(file: string, before: string, after: string): void {
  const problems = problemsOf(after);
  if (problems.length === 0) return;
  const had = new Set(problemsOf(before).map(identity));
  const added = problems.filter((problem) => !had.has(identity(problem)));
  if (added.length > 0) narrate(formatProblems(added, { file, color: wantsColor(process.stderr) }));
  if (added.some(isError)) {
    throw new HomeroomError("Nothing was changed: the config would not be valid.", {
      remedy: "What a key takes: homeroom config reference KEY",
      exitCode: exitCodes.invalidConfig,
    });
  }
  const left = problems.filter(isError);
  if (left.length > 0) narrate(`${countProblems(left)} from before: see homeroom config check`);
}

function problemsOf(text: string): Problem[] {
  return loadConfig(text, { accountOf: accountName }).problems;
}

function isError({ severity }: Problem): boolean {
  return severity === "error";
}

function identity({ code, path, message }: Problem): string {
  return [code, path, message].join("\n");
}

async function editsOf(name: string, args: readonly string[], options: ChangeOptions): Promise<Edit[]> {
  if (name === "unset") {
    return args.map((key) => (text) => {
      const edited = unsetValue(text, keyPath(key));
      if (edited === text) narrate(`\`${key}\` is not in the file.`);
      return edited;
    });
  }
  if (name === "set") {
    const pairs = assignments(args);
    const values = await valuesOf(
      pairs.map(([, value]) => value),
      options,
    );
    return pairs.map(
      ([key], index) =>
        (text) =>
          setValue(text, keyPath(key), valueAt(values, index)),
    );
  }
  const [key = "", ...items] = args;
  const values = await valuesOf(items, options);
  const edit = name === "add" ? addItem : removeItem;
  return values.map((value) => (text) => edit(text, keyPath(key), value));
}

function valueAt(values: readonly ConfigNode[], index: number): ConfigNode {
  return values[index] ?? textValue("");
}

/** `KEY VALUE` as in TLJH, or any number of `KEY=VALUE`. */
function assignments(args: readonly string[]): [string, string][] {
  const [key = "", value] = args;
  if (args.length === 2 && value !== undefined && !/^[\w./"'@-]+=/.test(key)) return [[key, value]];
  return args.map((arg) => {
    const found = /^((?:"[^"]*"|'[^']*'|[^="'])+)=(.*)$/s.exec(arg);
    if (found) return [found[1] ?? "", found[2] ?? ""];
    throw new HomeroomError(`\`${arg}\` sets nothing.`, {
      remedy:
        "Write KEY VALUE, or KEY=VALUE for each of several: homeroom config set limits.memory=2G limits.cpu=1",
      exitCode: exitCodes.usage,
    });
  });
}

async function valuesOf(texts: readonly string[], { string }: ChangeOptions): Promise<ConfigNode[]> {
  if (texts.filter((text) => text === "-").length > 1) {
    throw new HomeroomError("Only one value can come from standard input.", {
      remedy: "Set the others in a second call.",
      exitCode: exitCodes.usage,
    });
  }
  return Promise.all(
    texts.map(async (text) => {
      if (text === "-") return textValue((await readInput()).toString("utf8").replace(/\r?\n$/, ""));
      return string ? textValue(text) : yamlValue(text);
    }),
  );
}

function yamlValue(text: string): ConfigNode {
  const read = readValue(text);
  if ("value" in read) return read.value;
  throw new HomeroomError(`The value is not YAML: ${read.finding.message}`, {
    remedy: "Put text with special characters in quotes inside the shell's quotes, or use --string.",
    exitCode: exitCodes.usage,
  });
}
