import { gt } from "semver";

// What build-release.test.ts bundles: a CommonJS package, and a part with another one that is loaded on demand.
const { readA } = await import("./bundled-part.ts");
process.stdout.write(JSON.stringify([gt("2.0.0", "1.0.0"), readA("a: 1")]));
