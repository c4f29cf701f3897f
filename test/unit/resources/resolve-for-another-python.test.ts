import { expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { resolveForAnotherPython } from "../../../installer/resources/resolve-for-another-python.ts";
import type { Uv } from "../../../installer/resources/run-uv.ts";
import { FakeHost } from "../../fake-host.ts";

const owner = { uid: 0, gid: 0 };
const wanted = { preferences: "", source: false };

/** A uv that refuses, in the words of 0.13.9, as long as one of these is asked for. */
function uvThatLacks(host: FakeHost, refusals: Readonly<Record<string, string>>): Uv {
  return {
    cache: "/cache",
    run: () => Promise.reject(new Error("not asked")),
    uv(args) {
      const asked = host.text(args.at(-1) ?? "") ?? "";
      const found = Object.entries(refusals).find(([line]) => asked.split("\n").includes(line));
      if (found === undefined) return Promise.resolve({ exitCode: 0, stdout: asked, stderr: "" });
      return Promise.reject(new HomeroomError("refused", { remedy: found[1] }));
    },
  };
}

const refusals = {
  "direct==1.0":
    "Because direct==1.0 has no wheels with a matching Python ABI tag (e.g., `cp313`) and you require direct==1.0, we can conclude that your requirements are unsatisfiable.",
  Top_Level:
    "And because we know from (1) that needed<1.1 cannot be used, we can conclude that all versions of needed cannot be used.\nAnd because all versions of top-level depend on needed and you require\n top-level, we can conclude that your requirements are unsatisfiable.\n\nhint: You require CPython 3.13 (`cp313`), but we only found wheels for `needed` (v1.0) with the following Python ABI tag: `cp311`",
  old: "Because the current Python version (3.13.5) does not satisfy Python<3.12 and old==2 depends on Python<3.12, we can conclude that old==2 cannot be used. And because only old==2 is available and you require old, we can conclude that your requirements are unsatisfiable.",
};

test("what has no build is left out, be it for what it needs; the rest is resolved", async () => {
  const host = new FakeHost();
  host.putDirectory("/cache");
  const requirements = "jupyterlab\ndirect==1.0\nTop_Level\nold\nnumpy\n";
  const resolved = await resolveForAnotherPython(host, uvThatLacks(host, refusals), owner, {
    ...wanted,
    requirements,
  });
  expect(resolved).toEqual({ lock: "jupyterlab\nnumpy\n", leftOut: ["direct==1.0", "Top_Level", "old"] });
});

test.each([
  ["the index cannot be reached", "error sending request for url"],
  ["packages do not go together", "Because you require numpy>=3 and numpy<2, we can conclude that"],
  [
    "what has no build is none of them",
    "Because other==1.0 has no wheels with a matching Python ABI tag and you require other==1.0, we",
  ],
])("nothing is left out where %s", async (_, words) => {
  const host = new FakeHost();
  host.putDirectory("/cache");
  const uv = uvThatLacks(host, { numpy: words });
  await expect(
    resolveForAnotherPython(host, uv, owner, { ...wanted, requirements: "numpy\n" }),
  ).rejects.toThrow("refused");
});
