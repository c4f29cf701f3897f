import { expect, test } from "vitest";
import { environmentYaml, exportedFiles } from "../../../../installer/cli/env/exported-files.ts";
import type { Snapshot } from "../../../../installer/resources/snapshots.ts";

const snapshot: Pick<Snapshot, "packages" | "python"> = {
  python: "3.11",
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
