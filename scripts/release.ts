import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeOfflineFile } from "./release/make-offline-file.ts";
import { makeRelease } from "./release/make-release.ts";

// npm run release [-- --offline [--arch x86_64|aarch64]]: what is published, and the file for machines without a network.
const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: { offline: { type: "boolean", default: false }, arch: { type: "string", multiple: true } },
});

const release = await makeRelease(root);
process.stderr.write(`Wrote ${release.tarball}\nWrote ${release.bootstrap}\n`);
if (values.offline) {
  for (const arch of values.arch ?? ["x86_64", "aarch64"]) {
    if (arch !== "x86_64" && arch !== "aarch64") throw new Error(`There is no release for ${arch}`);
    process.stderr.write(`Wrote ${await makeOfflineFile({ root, release, arch })}\n`);
  }
}
