import { formatProblems } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";
import type { Loaded } from "../../../config/load.ts";
import { accountName } from "../../desired/account-name.ts";
import { exitCodes } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { hostOf, requireRoot } from "../context.ts";
import type { GlobalOptions } from "../context.ts";
import { askLetter } from "./ask-letter.ts";
import { chooseEditor, fileArguments } from "./choose-editor.ts";
import { copyPath, header, lockConfig, readConfigFile, writeConfigFile, writeCopy } from "./config-file.ts";
import { narrate, wantsColor } from "./output.ts";
import { configPath } from "./read-text.ts";
import { runEditor } from "./run-editor.ts";

interface EditOptions extends GlobalOptions {
  apply?: boolean;
  yes?: true;
}

/** An editor that is back sooner may have gone on in the background. */
const suspiciouslyShortMs = 1_000;

/** `homeroom config edit`, in visudo's manner: a locked private copy, checked before it replaces the file. */
export async function editConfig(options: EditOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  await using _lock = await lockConfig(host, "config edit");
  const before = (await readConfigFile(host)) ?? Buffer.from(header);
  const outcome = await editLocked(host, before);
  if (outcome === "kept") process.exitCode = exitCodes.failed;
  if (outcome !== "valid") return;
  if (options.apply === false) return narrate("Written. It holds after: sudo homeroom apply");
  const { applyOrRestore } = await import("./apply-or-restore.ts");
  const written = (await readConfigFile(host))?.toString("utf8") ?? "";
  await applyOrRestore(host, {
    command: "config edit",
    flags: { yes: options.yes },
    written,
    async restore(why) {
      if (why === "declined") return "";
      await writeCopy(host, written);
      await writeConfigFile(host, before.toString("utf8"));
      return keptWords(host);
    },
  });
}

type Outcome = "valid" | "invalid" | "unchanged" | "kept";

async function editLocked(host: Host, before: Buffer): Promise<Outcome> {
  let original = before;
  const editor = await chooseEditor(process.env);
  if (!(await takesUpLeftover(host, original))) await writeCopy(host, original);
  let line: number | undefined;
  for (;;) {
    const began = performance.now();
    await runEditor([...editor, ...fileArguments(editor[0] ?? "", host.realPath(copyPath), line)]);
    const edited = await host.read(copyPath);
    const nothing = nothingEdited(original, edited, performance.now() - began);
    if (nothing !== undefined) {
      await host.remove(copyPath);
      return said("unchanged", nothing);
    }
    const text = edited ?? original;
    const loaded = loadConfig(text, { accountOf: accountName });
    const answer = await whatNow(host, loaded);
    if (answer === "e") {
      line = loaded.problems[0]?.line;
      continue;
    }
    if (answer !== "save") return said("kept", keptWords(host));
    const saved = await save(host, original, text);
    if (saved instanceof Buffer) {
      original = saved;
      continue;
    }
    if (saved === "kept") return said("kept", keptWords(host));
    return loaded.config ? "valid" : said("invalid", "Saved with its errors: nothing applies it.");
  }
}

/** Why there is nothing to save, in words; an editor that failed must not leave a class without its people. */
function nothingEdited(
  original: Buffer,
  edited: Buffer | undefined,
  milliseconds: number,
): string | undefined {
  if (edited === undefined) return "The editor left no file. Nothing was changed.";
  const isEmpty = edited.toString("utf8").trim() === "" && original.toString("utf8").trim() !== "";
  if (isEmpty) return "The editor left an empty file. Nothing was changed.";
  if (!edited.equals(original)) return undefined;
  return milliseconds > suspiciouslyShortMs
    ? "Nothing was changed."
    : "Nothing was changed. (If your editor goes on in the background, give it its option to wait: EDITOR='code --wait'.)";
}

function said(outcome: Outcome, words: string): Outcome {
  narrate(words);
  return outcome;
}

function keptWords(host: Host): string {
  return `The config is as it was. Your text is kept in ${host.realPath(copyPath)}; the next edit offers it.`;
}

async function takesUpLeftover(host: Host, original: Buffer): Promise<boolean> {
  const leftover = await host.read(copyPath);
  if (leftover === undefined || leftover.equals(original)) return false;
  const { differences } = await import("./merge.ts");
  narrate("An earlier edit was left unfinished. What it changes in the file as it is now:");
  narrate(differences(original.toString("utf8"), leftover.toString("utf8")));
  return (await askLetter("Go on with it? (y)es, (n)o, begin anew:", ["y", "n"])) !== "n";
}

/** `save`, or what the person wants to do about the errors. */
async function whatNow(host: Host, { problems, config, root }: Loaded): Promise<string | undefined> {
  if (problems.length > 0) {
    narrate(formatProblems(problems, { file: host.realPath(configPath), color: wantsColor(process.stderr) }));
  }
  if (config !== undefined) return "save";
  // The hub runs on what was applied last, so a file that can be read may wait; one that cannot must not stand there.
  const anyway = root === undefined ? "" : ", (Q)uit and save anyway";
  const answer = await askLetter(`What now? (e)dit again, e(x)it without saving${anyway}:`, [
    "e",
    "x",
    ...(root === undefined ? [] : ["Q"]),
  ]);
  return answer === "Q" ? "save" : answer;
}

/**
 * Replaces the file, unless somebody else did meanwhile: then both changes are shown, and merged or kept apart.
 * Bytes are what the file is now, for another round: their change stands as a comment in the copy then.
 */
async function save(host: Host, original: Buffer, edited: Buffer): Promise<"saved" | "kept" | Buffer> {
  const now = (await readConfigFile(host)) ?? Buffer.from(header);
  if (now.equals(original)) return replace(host, edited.toString("utf8"));
  const { differences, merge } = await import("./merge.ts");
  narrate("The file was changed by somebody else meanwhile. Their change:");
  narrate(differences(original.toString("utf8"), now.toString("utf8")));
  narrate("Your change:");
  narrate(differences(original.toString("utf8"), edited.toString("utf8")));
  const merged = merge(original.toString("utf8"), now.toString("utf8"), edited.toString("utf8"));
  const fits = merged !== undefined && loadConfig(merged).config !== undefined;
  const question = fits
    ? "(m)erge both and save, (e)dit again, e(x)it without saving:"
    : "Both touch the same lines. (e)dit again with theirs beside yours, e(x)it without saving:";
  const answer = await askLetter(question, fits ? ["m", "e", "x"] : ["e", "x"]);
  if (answer === "m" && merged !== undefined) return replace(host, merged);
  if (answer !== "e") return "kept";
  const theirs = differences(original.toString("utf8"), now.toString("utf8")).replaceAll(/^/gm, "# ");
  await writeCopy(
    host,
    Buffer.concat([edited, Buffer.from(`# Somebody else's change, which is not in this text:\n${theirs}\n`)]),
  );
  return now;
}

async function replace(host: Host, text: string): Promise<"saved"> {
  try {
    await writeConfigFile(host, text);
  } catch (error) {
    narrate(keptWords(host));
    throw error;
  }
  await host.remove(copyPath);
  return "saved";
}
