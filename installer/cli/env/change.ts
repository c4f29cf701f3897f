import { addItem, removeItem } from "../../../config/edit.ts";
import { loadConfig } from "../../../config/load.ts";
import { textValue } from "../../../config/key-path.ts";
import { normalizeName, parseRequirement } from "../../../config/requirement.ts";
import { installedByHand } from "../../desired/shared-environment.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { applyNow } from "../apply.ts";
import { lockConfig } from "../config/config-file.ts";
import { canAsk, hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { configOf, configPath, readConfig } from "../read-config.ts";
import { environmentNow, type EnvironmentNow } from "./environment-now.ts";
import { versionsOf } from "./history.ts";
import { describeChanges, lockedVersions, packageChanges } from "./package-changes.ts";
import { namesOf } from "./package-names.ts";
import { previewEnvironment } from "./preview.ts";
import { writeAndApply } from "./write-and-apply.ts";

type Options = GlobalOptions & { yes?: true };

const key = ["environment", "packages"];

/** `homeroom env add`: declares packages; one that is declared already gets the new versions. */
export async function addPackages(packages: readonly string[], options: Options): Promise<void> {
  for (const text of packages) refuseNonsense(text);
  await changePackages("add", packages, options, (text, declared) => {
    const names = new Set(packages.map((each) => parseRequirement(each)?.name));
    const replaced = declared.filter((each) => names.has(parseRequirement(each)?.name));
    return edited(text, { add: packages, remove: replaced.filter((each) => !packages.includes(each)) });
  });
}

/** `homeroom env remove`: takes packages out of the config, or what was installed by hand out of the environment. */
export async function removePackages(packages: readonly string[], options: Options): Promise<void> {
  const names = new Set(packages.map(normalizeName));
  await changePackages(
    "remove",
    packages,
    options,
    (text, declared, now) => {
      const there = new Set(now.snapshot.packages.flatMap(namesOf));
      const asked = declared.map((each) => parseRequirement(each)?.name);
      const unknown = [...names].filter((name) => !there.has(name) && !asked.includes(name));
      if (unknown.length > 0) {
        throw new HomeroomError(`Not in the shared environment: ${unknown.join(", ")}.`, {
          remedy: "`homeroom env list` lists what is there.",
          exitCode: exitCodes.usage,
        });
      }
      return edited(text, {
        remove: declared.filter((each) => names.has(parseRequirement(each)?.name ?? "")),
      });
    },
    [...names],
  );
}

/** `homeroom env declare`: what was installed by hand becomes part of the config. */
export async function declarePackages(packages: readonly string[], options: Options): Promise<void> {
  const names = new Set(packages.map(normalizeName));
  await changePackages("declare", packages, options, (text, declared, now) => {
    const asked = new Set(declared.map((each) => parseRequirement(each)?.name));
    const local = now.snapshot.packages.filter(({ direct }) => direct !== undefined);
    const remote = local.filter(({ direct = "" }) => /^https:\/\/\S+\.whl$/.test(direct));
    const found = [...installedByHand(now, declared, now.release), ...remote].filter(
      (each) =>
        !namesOf(each).some((name) => asked.has(name)) &&
        (names.size === 0 || namesOf(each).some((name) => names.has(name))),
    );
    for (const { name, direct } of local) {
      if (names.size > 0 && !names.has(name)) continue;
      if (!remote.some((each) => each.name === name))
        narrate(`${name} came from ${direct}: only this machine has it, so it stays undeclared.`);
    }
    const add = found.map(({ name, direct }) => (direct === undefined ? name : `${name} @ ${direct}`));
    return edited(text, { add });
  });
}

function refuseNonsense(text: string): void {
  if (parseRequirement(text) !== undefined) return;
  throw new HomeroomError(`\`${text}\` does not name a package.`, {
    remedy: 'Write a name and, where it matters, versions, in quotes: homeroom env add numpy "pandas>=2"',
    exitCode: exitCodes.usage,
  });
}

/**
 * Edits the config's packages as one change: resolved and shown before anything is written, applied afterwards.
 * Where that fails the config is as it was.
 * @param without packages that admins installed by hand and that are to go
 */
async function changePackages(
  command: string,
  packages: readonly string[],
  options: Options,
  edit: (text: string, declared: readonly string[], now: EnvironmentNow) => string,
  without: readonly string[] = [],
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  await using _lock = await lockConfig(host, `env ${command}`);
  const read = await readConfig(host);
  const now = await environmentNow(host);
  const text = edit(read.text, read.config.environment.packages, now);
  const byHand = installedByHand(now, read.config.environment.packages, now.release).filter((each) =>
    namesOf(each).some((name) => without.includes(name)),
  );
  if (text === read.text && byHand.length === 0) return narrate("Nothing to change: it is so already.");
  const { config } = configOf(loadConfig(text), configPath);
  const gone = byHand.map(({ name }) => name);
  const lock = await previewEnvironment(host, config, now, gone);
  const kept = now.snapshot.packages.filter(({ copied }) => copied === true);
  const after = new Map([...kept.map((each) => [each.name, each.version] as const), ...lockedVersions(lock)]);
  const changes = packageChanges(versionsOf(now.snapshot), after);
  if (changes.length === 0) narrate("Everything that this asks for is there already.");
  for (const line of describeChanges(changes)) narrate(line);
  if (canAsk() && !options.yes) {
    const { confirm } = await import("../ask.ts");
    if (!(await confirm("Go ahead?", true))) return narrate("Nothing was changed.");
  }
  const words = `env ${command}${packages.length > 0 ? ` ${packages.join(" ")}` : ""}`;
  await writeAndApply(host, { text, before: read.text }, () =>
    applyNow(host, words, {
      asked: true,
      keep: true,
      ...(gone.length > 0 ? { rebuild: { without: gone } } : {}),
    }),
  );
}

function edited(
  text: string,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): string {
  const less = remove.reduce((each, item) => removeItem(each, key, textValue(item)), text);
  return add.reduce((each, item) => addItem(each, key, textValue(item)), less);
}
