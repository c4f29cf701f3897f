import { expect, test } from "vitest";
import {
  environmentYaml,
  explicitList,
  exportedFiles,
  requirementsText,
} from "../../../../installer/cli/env/exported-files.ts";
import type { Snapshot } from "../../../../installer/resources/snapshots.ts";

const snapshot: Pick<Snapshot, "packages" | "python" | "lock"> = {
  python: "3.11",
  lock: "",
  packages: [
    { name: "astropy", version: "7.0", needs: [] },
    {
      name: "homework",
      version: "1",
      direct: "file:///home/jupyter-teacher/homework",
      needs: [],
      copied: true,
    },
    { name: "loose", version: "2", needs: [], copied: true },
  ],
};

test("requirements.txt, runtime.txt and apt.txt are what repo2docker reads; what no index has is said", () => {
  expect(exportedFiles(snapshot, ["graphviz", "libgl1"])).toEqual({
    "requirements.txt": [
      "astropy==7.0",
      "# homework 1: it came from file:///home/jupyter-teacher/homework, no package index has it",
      "# loose 2: no package index has it",
      "",
    ].join("\n"),
    "runtime.txt": "python-3.11\n",
    "apt.txt": "graphviz\nlibgl1\n",
  });
});

test("where there is no interpreter, and no Debian package, there is no file of them", () => {
  expect(Object.keys(exportedFiles({ ...snapshot, python: null }, []))).toEqual(["requirements.txt"]);
});

test("environment.yml leaves the packages to pip and asks for the same Python", () => {
  expect(environmentYaml(snapshot).split("\n").slice(0, 7)).toEqual([
    "channels:",
    "  - conda-forge",
    "dependencies:",
    "  - python=3.11",
    "  - pip",
    "  - pip:",
    "      - astropy==7.0",
  ]);
});

const url = "https://conda.example.org/school/noarch/r-base-4.3-0.conda";
const ofConda: Pick<Snapshot, "packages" | "python" | "lock"> = {
  python: "3.12",
  lock: `{"channel": "https://conda.example.org/school/", "name": "r-base", "sha256": "ab", "url": "${url}", "version": "4.3"}\ncowsay==6.1\n`,
  packages: [
    { name: "cowsay", version: "6.1", needs: [] },
    {
      name: "pytorch",
      version: "2.5",
      channel: "https://conda.example.org/school/",
      provides: ["torch"],
      needs: [],
    },
    { name: "r-base", version: "4.3", channel: "https://conda.example.org/school/", provides: [], needs: [] },
  ],
};

test("conda's packages stay conda's in environment.yml, which is what a folder has then", () => {
  const files = exportedFiles(ofConda, []);
  expect(Object.keys(files)).toEqual(["environment.yml"]);
  expect(files["environment.yml"]).toBe(
    [
      "channels:",
      "  - https://conda.example.org/school",
      "dependencies:",
      "  - pytorch=2.5",
      "  - r-base=4.3",
      "  - pip:",
      "      - cowsay==6.1",
      "",
    ].join("\n"),
  );
});

test("for pip they have the names of the index, and what it lacks is said", () => {
  expect(requirementsText(ofConda)).toBe(
    "cowsay==6.1\ntorch==2.5\n# r-base 4.3: only a channel of conda's has it\n",
  );
});

test("conda's own list has addresses with hashes; a venv has none", () => {
  expect(explicitList(ofConda)).toBe(`@EXPLICIT\n${url}#sha256:ab\n`);
  expect(explicitList(snapshot)).toBeUndefined();
});
