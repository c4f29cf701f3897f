import { normalizeName, parseRequirement } from "../../../config/requirement.ts";
import { installedByHand } from "../../desired/shared-environment.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { InstalledPackage } from "../../resources/snapshots.ts";
import { alignColumns } from "../align-columns.ts";
import { hostOf, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { folderInUse } from "./folder.ts";
import { environmentNow } from "./environment-now.ts";

/** Why a package is there. */
type Why = "declared" | "from" | "needed" | "by hand";

interface Listed extends InstalledPackage {
  why: Why;
  /** The file that asks for it, of what `environment.from` names. */
  file?: string;
}

/** `homeroom env list`: what is installed now, by the config, for another package or by hand. */
export async function listPackages(options: GlobalOptions & { json?: true }): Promise<void> {
  const packages = await readPackages(options);
  if (options.json) return printJson(packages);
  print(alignColumns(packages.map(({ name, version, why, direct }) => [name, version, why, direct ?? ""])));
}

/** `homeroom env show PACKAGE`. */
export async function showPackage(name: string, options: GlobalOptions & { json?: true }): Promise<void> {
  const wanted = normalizeName(name);
  const found = (await readPackages(options)).find((each) => each.name === wanted);
  if (found === undefined) {
    throw new HomeroomError(`The package ${name} is not in the shared environment.`, {
      remedy: `To install it for everybody: sudo homeroom env add ${wanted}`,
      exitCode: exitCodes.failed,
    });
  }
  if (options.json) return printJson(found);
  const words: Record<Why, string> = {
    declared: "environment.packages in the config asks for it",
    from: `${found.file} of what environment.from names asks for it`,
    needed: "it came with the base or with another package",
    "by hand": "somebody installed it by hand; `homeroom env declare` writes it into the config",
  };
  print(`${found.name} ${found.version}`);
  print(`  ${words[found.why]}`);
  if (found.direct !== undefined) print(`  it came from ${found.direct}`);
  if (found.copied === true) print("  no index gives it again: snapshots keep a copy of its files");
}

async function readPackages(options: GlobalOptions): Promise<Listed[]> {
  requireRoot(options);
  const host = hostOf(options);
  const now = await environmentNow(host);
  const { config } = await readConfig(host);
  const { packages } = config.environment;
  const folder = await folderInUse(host, config);
  const files = new Map(
    (folder?.requirements ?? []).map(({ text, file }) => [parseRequirement(text)?.name, file] as const),
  );
  const declared = new Set(packages.map((text) => parseRequirement(text)?.name));
  const byHand = new Set(
    installedByHand(
      now,
      [...packages, ...(folder?.requirements ?? []).map(({ text }) => text)],
      now.release,
    ).map((each) => each.name),
  );
  return now.snapshot.packages.map((each) => ({
    ...each,
    ...(files.has(each.name) ? { file: files.get(each.name) ?? "" } : {}),
    why: declared.has(each.name)
      ? "declared"
      : files.has(each.name)
        ? "from"
        : byHand.has(each.name) || each.copied === true
          ? "by hand"
          : "needed",
  }));
}
