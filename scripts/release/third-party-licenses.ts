import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The licences of every npm package that went into the bundles, as one text.
 * `inputs` are the bundled source files relative to `root`.
 */
export async function thirdPartyLicenses(inputs: readonly string[], root: string): Promise<string> {
  const directories = [...new Set(inputs.flatMap((input) => packageDirectory(input) ?? []))].sort();
  const parts = await Promise.all(directories.map((directory) => licenseOf(join(root, directory))));
  return ["Homeroom contains the following packages, unchanged, under their own licences.", ...parts].join(
    `\n\n${"-".repeat(100)}\n\n`,
  );
}

/** `node_modules/a/node_modules/@b/c/d.js` is of `node_modules/a/node_modules/@b/c`. */
function packageDirectory(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
}

async function licenseOf(directory: string): Promise<string> {
  const about = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
    author?: string | { name: string };
  };
  const names = (await readdir(directory))
    .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  const author = typeof about.author === "object" ? about.author.name : about.author;
  const own =
    texts.length > 0
      ? texts
      : [`Copyright: ${author ?? "its authors"}. Licence: ${about.license ?? "unknown"}.`];
  return [
    `${about.name} ${about.version} (${about.license ?? "see below"})`,
    ...own.map((text) => text.trim()),
  ].join("\n\n");
}
