import { gt } from "semver";

// What build-release.test.ts bundles: a CommonJS package, and another package loaded on demand.
const { parse } = await import("yaml");
process.stdout.write(JSON.stringify([gt("2.0.0", "1.0.0"), parse("a: 1")]));
