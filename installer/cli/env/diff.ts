import { parseRequirement } from "../../../config/requirement.ts";
import { installedByHand } from "../../desired/shared-environment.ts";
import { exitCodes } from "../../errors.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import type { InstalledPackage } from "../../resources/snapshots.ts";
import { environmentNow, type EnvironmentNow } from "./environment-now.ts";
import { namesOf } from "./package-names.ts";

/** How the environment and the config differ; `homeroom env diff --json`. */
interface EnvironmentDiff {
  /** Installed by hand from an index. */
  undeclared: { name: string; version: string }[];
  /** Installed by hand from a folder, a file or a repository. */
  local: { name: string; version: string; direct: string }[];
  /** Asked for and not there. */
  missing: string[];
  /** Packages with files missing. */
  damaged: string[];
  /** Files that belong to no package, or are not as their package brought them. */
  files: string[];
}

/** `homeroom env diff`: what is there and not declared, and the other way round. */
export async function diffEnvironment(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const now = await environmentNow(host);
  const { config } = await readConfig(host);
  const diff = diffOf(now, config.environment.packages);
  const differs = Object.values(diff).some((list: unknown[]) => list.length > 0);
  if (differs) process.exitCode = exitCodes.pending;
  if (options.json) return printJson(diff);
  if (!differs) return narrate("What is there is what the config declares.");
  for (const line of inWords(diff)) print(line);
}

/** Pure: compares a snapshot with the config's packages. */
export function diffOf(now: EnvironmentNow, declared: readonly string[]): EnvironmentDiff {
  const { packages, copies, damaged } = now.snapshot;
  const asked = new Set(declared.map((text) => parseRequirement(text)?.name));
  const there = new Set(packages.flatMap(namesOf));
  const isAsked = (each: InstalledPackage) => namesOf(each).some((name) => asked.has(name));
  const local = packages.filter((each) => each.copied === true && !isAsked(each));
  return {
    undeclared: installedByHand(now, declared, now.release)
      .filter((each) => !isAsked(each))
      .map(({ name, version }) => ({ name, version })),
    local: local.map(({ name, version, direct = "" }) => ({ name, version, direct })),
    missing: declared.filter((text) => !there.has(parseRequirement(text)?.name ?? "")),
    damaged,
    files: copies.map(([path]) => path).filter((path) => !belongsTo(path, local)),
  };
}

/** Whether a copied file is part of a local package: it lies in a folder or has a name as that. */
function belongsTo(path: string, packages: readonly { name: string }[]): boolean {
  const [, top = ""] = /\/site-packages\/([^/]+)/.exec(path) ?? [];
  const name = top
    .replace(/-.*|\..*$/, "")
    .replaceAll("_", "-")
    .toLowerCase();
  return packages.some(
    (each) => name === each.name || top.toLowerCase().includes(each.name.replaceAll("-", "_")),
  );
}

function inWords({ undeclared, local, missing, damaged, files }: EnvironmentDiff): string[] {
  const list = (title: string, items: readonly string[], hint: string) =>
    items.length === 0
      ? []
      : [
          title,
          ...items.slice(0, 20).map((item) => `  ${item}`),
          ...(items.length > 20 ? [`  and ${items.length - 20} more`] : []),
          `  ${hint}`,
        ];
  return [
    ...list(
      "Installed by hand:",
      undeclared.map(({ name, version }) => `${name} ${version}`),
      "(`homeroom env declare` writes them into the config)",
    ),
    ...list(
      "Installed by hand, not from an index:",
      local.map(({ name, version, direct }) => `${name} ${version}  ${direct}`),
      "(snapshots keep copies of them)",
    ),
    ...list("Declared and not there:", missing, "(`homeroom env add NAME` installs them again)"),
    ...list("Damaged (files are missing):", damaged, "(`homeroom env restore` gives them back)"),
    ...list("Files of no package, or changed since:", files, "(snapshots keep copies of them)"),
  ];
}
