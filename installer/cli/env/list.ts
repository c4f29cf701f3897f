import { normalizeName, parseRequirement } from "../../../config/requirement.ts";
import { installedByHand } from "../../desired/shared-environment.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { InstalledPackage } from "../../resources/snapshots.ts";
import { alignColumns } from "../align-columns.ts";
import { hostOf, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { environmentNow } from "./environment-now.ts";
import { namesOf, packageNamed } from "./package-names.ts";

/** Why a package is there. */
type Why = "declared" | "needed" | "by hand";

interface Listed extends InstalledPackage {
  why: Why;
}

/** `homeroom env list`: what is installed now, by the config, for another package or by hand. */
export async function listPackages(options: GlobalOptions & { json?: true }): Promise<void> {
  const packages = await readPackages(options);
  if (options.json) return printJson(packages);
  print(
    alignColumns(
      packages.map(({ name, version, why, direct, channel }) => [
        name,
        version,
        why,
        direct ?? channel ?? "",
      ]),
    ),
  );
}

/** `homeroom env show PACKAGE`. */
export async function showPackage(name: string, options: GlobalOptions & { json?: true }): Promise<void> {
  const packages = await readPackages(options);
  const named = packageNamed(packages, name);
  const found = packages.find((each) => each === named);
  if (found === undefined) {
    throw new HomeroomError(`The package ${name} is not in the shared environment.`, {
      remedy: `To install it for everybody: sudo homeroom env add ${normalizeName(name)}`,
      exitCode: exitCodes.failed,
    });
  }
  if (options.json) return printJson(found);
  const words: Record<Why, string> = {
    declared: "environment.packages in the config asks for it",
    needed: "it came with the base or with another package",
    "by hand": "somebody installed it by hand; `homeroom env declare` writes it into the config",
  };
  print(`${found.name} ${found.version}`);
  print(`  ${words[found.why]}`);
  if (found.direct !== undefined) print(`  it came from ${found.direct}`);
  if (found.channel !== undefined) print(`  it is one of conda's packages, of ${found.channel}`);
  if (found.copied === true) print("  no index gives it again: snapshots keep a copy of its files");
}

async function readPackages(options: GlobalOptions): Promise<Listed[]> {
  requireRoot(options);
  const host = hostOf(options);
  const now = await environmentNow(host);
  const { config } = await readConfig(host);
  const { packages } = config.environment;
  const declared = new Set(packages.map((text) => parseRequirement(text)?.name));
  const byHand = new Set(installedByHand(now, packages, now.release).map((each) => each.name));
  return now.snapshot.packages.map((each) => ({
    ...each,
    why: namesOf(each).some((name) => declared.has(name))
      ? "declared"
      : byHand.has(each.name) || each.copied === true
        ? "by hand"
        : "needed",
  }));
}
