import { Ajv2020 } from "ajv/dist/2020.js";

// What build-release.test.ts bundles: a CommonJS package, and a part with another one that is loaded on demand.
const { readA } = await import("./bundled-part.ts");
process.stdout.write(JSON.stringify([new Ajv2020().validate({ type: "number" }, 1), readA("a: 1")]));
