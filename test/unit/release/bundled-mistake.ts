// What bundle.ts refuses: in a bundle `parse` would be undefined.
const { parse } = await import("yaml");
process.stdout.write(JSON.stringify(parse("a: 1")));
