import { posix } from "node:path";
import { formatProblems } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";
import type { Loaded } from "../../../config/load.ts";
import { exitCodes } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { hostOf, requireRoot } from "../context.ts";
import type { GlobalOptions } from "../context.ts";
import { askLetter } from "./ask-letter.ts";
import { chooseEditor, fileArguments } from "./choose-editor.ts";
import { header, lockConfig, readConfigFile, writeConfigFile } from "./config-file.ts";
import { narrate, wantsColor } from "./output.ts";
import { configPath } from "./read-text.ts";
import { runEditor } from "./run-editor.ts";

interface EditOptions extends GlobalOptions {
  apply?: boolean;
  yes?: true;
}

/** The private copy that is edited; what a crash leaves of it is offered at the next edit. */
const copyPath = posix.join(posix.dirname(configPath), ".config.yaml.edit");

/** `homeroom config edit`, in visudo's manner: a locked private copy, checked before it replaces the file. */
export async function editConfig(options: EditOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const saved = await editLocked(host);
  if (saved === "kept") process.exitCode = exitCodes.failed;
  if (saved !== "valid") return;
  if (options.apply === false) return narrate("Written. It holds after: sudo homeroom apply");
  const { applyNow } = await import("../apply.ts");
  await applyNow(host, "config edit", { yes: options.yes });
}

type Outcome = "valid" | "invalid" | "unchanged" | "kept";

async function editLocked(host: Host): Promise<Outcome> {
  await using _ = await lockConfig(host);
  let original = (await readConfigFile(host)) ?? Buffer.from(header);
  const editor = await chooseEditor(process.env);
  if (!(await takesUpLeftover(host, original))) await writeCopy(host, original);
  let line: number | undefined;
  for (;;) {
    await runEditor([...editor, ...fileArguments(editor[0] ?? "", host.realPath(copyPath), line)]);
    const edited = await host.read(copyPath);
    if (edited === undefined) return said("unchanged", "The editor left no file. Nothing was changed.");
    if (edited.equals(original)) {
      await host.remove(copyPath);
      return said("unchanged", "Nothing was changed.");
    }
    const loaded = loadConfig(edited);
    const answer = await whatNow(host, loaded);
    if (answer === "e") {
      line = loaded.problems[0]?.line;
      continue;
    }
    if (answer !== "save") return kept(host);
    const saved = await save(host, original, edited);
    if (saved instanceof Buffer) {
      original = saved;
      continue;
    }
    return saved === "kept"
      ? kept(host)
      : loaded.config
        ? "valid"
        : said("invalid", "Saved with its errors: nothing applies it.");
  }
}

function said(outcome: Outcome, words: string): Outcome {
  narrate(words);
  return outcome;
}

function kept(host: Host): Outcome {
  return said(
    "kept",
    `The config is as it was. Your text is kept in ${host.realPath(copyPath)}; the next edit offers it.`,
  );
}

async function writeCopy(host: Host, bytes: Uint8Array): Promise<void> {
  await host.write(copyPath, bytes, { mode: 0o600, uid: 0, gid: 0 });
}

async function takesUpLeftover(host: Host, original: Buffer): Promise<boolean> {
  const leftover = await host.read(copyPath);
  if (leftover === undefined || leftover.equals(original)) return false;
  narrate("An earlier edit was left unfinished.");
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
  if (now.equals(original)) {
    await writeConfigFile(host, edited.toString("utf8"));
    await host.remove(copyPath);
    return "saved";
  }
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
  if (answer === "m" && merged !== undefined) {
    await writeConfigFile(host, merged);
    await host.remove(copyPath);
    return "saved";
  }
  if (answer !== "e") return "kept";
  const theirs = differences(original.toString("utf8"), now.toString("utf8")).replaceAll(/^/gm, "# ");
  await writeCopy(
    host,
    Buffer.concat([edited, Buffer.from(`# Somebody else's change, which is not in this text:\n${theirs}\n`)]),
  );
  return now;
}
