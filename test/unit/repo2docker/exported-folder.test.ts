import { expect, test } from "vitest";
import { environmentYaml, exportedFiles } from "../../../installer/cli/env/exported-files.ts";
import { readFolder } from "../../../installer/repo2docker/read-folder.ts";
import { venvPlan } from "../../../installer/repo2docker/venv-plan.ts";

const snapshot = {
  python: "3.11",
  packages: [
    { name: "numpy", version: "2.1", needs: [] },
    { name: "homework", version: "1", needs: [], direct: "file:///home/x", copied: true as const },
  ],
};

test("what `env export --folder` writes, environment.from reads", () => {
  const texts = exportedFiles(snapshot, ["graphviz"]);
  const request = readFolder({ names: Object.keys(texts), texts });
  expect(request).toMatchObject({
    by: "requirements.txt",
    apt: ["graphviz"],
    python: { versions: "==3.11" },
    notDone: [],
  });
  expect(venvPlan(request, "3.11").requirements.map(({ text }) => text)).toEqual(["numpy==2.1"]);
});

test("and so it is with environment.yml", () => {
  const texts = { "environment.yml": environmentYaml(snapshot) };
  const request = readFolder({ names: Object.keys(texts), texts });
  expect(venvPlan(request, "3.11")).toMatchObject({ requirements: [{ text: "numpy==2.1" }], notDone: [] });
});
