import { join } from "node:path";
import { buildRelease } from "./release/build-release.ts";

// npm run build: the release as a directory, build/release.
const root = join(import.meta.dirname, "..");
await buildRelease({ root, directory: join(root, "build/release") });
process.stderr.write("Built build/release\n");
