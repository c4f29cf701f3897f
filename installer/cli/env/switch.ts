import { removeItem, setValue } from "../../../config/edit.ts";
import { textValue } from "../../../config/key-path.ts";
import { loadConfig } from "../../../config/load.ts";
import { parseRequirement } from "../../../config/requirement.ts";
import { installedByHand, nameOnIndex } from "../../desired/shared-environment.ts";
import type { InstalledPackage } from "../../resources/snapshots.ts";
import { condaRecords } from "../../resources/conda-lock.ts";
import { applyNow } from "../apply.ts";
import { lockConfig } from "../config/config-file.ts";
import { canAsk, hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { configOf, configPath, readConfig } from "../read-config.ts";
import { environmentNow, type EnvironmentNow } from "./environment-now.ts";
import { describeChanges, lockedVersions, packageChanges } from "./package-changes.ts";
import { namesOf, packageNamed } from "./package-names.ts";
import { previewEnvironment } from "./preview.ts";
import { writeAndApply } from "./write-and-apply.ts";

export type Manager = "venv" | "conda";

/** `homeroom env switch conda|venv`: the same packages by the other manager, built beside; then the link moves. */
export async function switchManager(
  manager: Manager,
  options: GlobalOptions & { yes?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  await using _lock = await lockConfig(host, `env switch ${manager}`);
  const read = await readConfig(host);
  const now = await environmentNow(host);
  if (read.config.environment.manager === manager)
    return narrate(`Nothing to change: ${manager} is the manager already.`);
  const { text, lost } = switchedConfig(read.text, read.config.environment.packages, manager, now);
  const { config } = configOf(loadConfig(text), configPath);
  const lock = await previewEnvironment(host, config, now, []);
  for (const line of inWords(manager, now.snapshot.packages, lock, lost)) narrate(line);
  if (canAsk() && !options.yes) {
    const { confirm } = await import("../ask.ts");
    if (!(await confirm("Build it and change over?", true))) return narrate("Nothing was changed.");
  }
  const apply = () => applyNow(host, `env switch ${manager}`, { asked: true, keep: true });
  await writeAndApply(host, { text, before: read.text }, apply);
  narrate("Running notebooks go on with the old packages until their kernel is restarted.");
}

/** The config for the other manager, and what the Python package index has under no name: it goes. */
export function switchedConfig(
  before: string,
  declared: readonly string[],
  manager: Manager,
  now: EnvironmentNow,
): { text: string; lost: string[] } {
  const text = setValue(before, ["environment", "manager"], textValue(manager));
  if (manager === "conda") return { text, lost: [] };
  const gone = declared.filter((each) => {
    const found = packageNamed(now.snapshot.packages, parseRequirement(each)?.name ?? "");
    return found !== undefined && nameOnIndex(found) === undefined;
  });
  const byHand = installedByHand(now, declared, now.release).filter(
    (each) => nameOnIndex(each) === undefined && !bringsTheBase(each),
  );
  const names = gone.map((each) => parseRequirement(each)?.name ?? each);
  return {
    text: gone.reduce((each, item) => removeItem(each, ["environment", "packages"], textValue(item)), text),
    lost: [...new Set([...names, ...byHand.map(({ name }) => name)])].toSorted(),
  };
}

/** The interpreter is no package of a venv's, and no loss. */
function bringsTheBase({ name }: InstalledPackage): boolean {
  return name === "python";
}

function inWords(
  manager: Manager,
  packages: readonly InstalledPackage[],
  lock: string,
  lost: readonly string[],
): string[] {
  const after = renamedAsBefore(lockedVersions(lock), packages);
  const before = new Map(
    packages.flatMap((each) => {
      const [name] = manager === "venv" ? [nameOnIndex(each)] : namesOf(each);
      return name === undefined ? [] : [[name, each.version] as const];
    }),
  );
  const changes = packageChanges(before, after);
  const fromIndex = condaRecords(lock).length === 0 ? [] : indexNames(lock);
  const same = [...after.keys()].length - changes.filter(({ how }) => how !== "removed").length;
  return [
    `${same} packages stay as they are${changes.length === 0 ? "." : "; the others:"}`,
    ...describeChanges(changes),
    ...(manager === "conda" && fromIndex.length > 0
      ? [`No channel has these, so pip installs them from the package index: ${fromIndex.join(", ")}`]
      : []),
    ...(lost.length > 0
      ? [`The Python package index has no counterpart of these, so they go: ${lost.join(", ")}`]
      : []),
  ];
}

/** What has one name here and another there is one package. */
function renamedAsBefore(
  versions: ReadonlyMap<string, string>,
  packages: readonly InstalledPackage[],
): Map<string, string> {
  return new Map(
    [...versions].map(([name, version]) => {
      const found = packageNamed(packages, name);
      return [found === undefined ? name : (nameOnIndex(found) ?? name), version] as const;
    }),
  );
}

function indexNames(lock: string): string[] {
  return [...lock.matchAll(/^([A-Za-z0-9][\w.-]*)==/gm)].map(([, name = ""]) => name);
}
