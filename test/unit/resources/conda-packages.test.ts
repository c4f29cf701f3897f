import { describe, expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { explainConda } from "../../../installer/resources/conda-errors.ts";
import { condaRecords, managerOf, pipLines } from "../../../installer/resources/conda-lock.ts";
import {
  fillFromConda,
  missingFromCondaCache,
  resolveConda,
} from "../../../installer/resources/conda-packages.ts";
import type { Uv } from "../../../installer/resources/run-uv.ts";
import { FakeHost } from "../../fake-host.ts";

const owner = { uid: 500, gid: 600 };
const conda = { channels: ["https://conda.example.org/school"], library: "/rattler", scripts: "/scripts" };
const line = (name: string, version: string) =>
  JSON.stringify({ name, version, url: `https://x/${name}.conda`, sha256: "ab", channel: "https://x/" });
const python = line("python", "3.12.1");
const numpy = line("numpy", "2.1.0");
const cowsay = "cowsay==6.1 \\\n    --hash=sha256:00\n";

/** Answers of the scripts by name, and of uv; what was run stands in `ran`. */
function tools(answers: Record<string, string>): Uv & { ran: string[][] } {
  const ran: string[][] = [];
  const run: Uv["run"] = async (argv) => {
    ran.push([...argv]);
    const [script = ""] = argv.filter((word) => word.startsWith("/scripts/"));
    return {
      exitCode: 0,
      stdout: answers[script.slice("/scripts/".length)] ?? answers["uv"] ?? "",
      stderr: "",
    };
  };
  return { cache: "/cache", run, uv: (args) => run(["uv", ...args]), ran };
}

async function hostWithCache(): Promise<FakeHost> {
  const host = new FakeHost();
  await host.makeDirectory("/cache", { mode: 0o700, ...owner });
  return host;
}

const wanted = { requirements: "numpy\ncowsay\n", preferences: "", source: false };

test("what channels have comes first in the lock; the index gives the rest in versions that go with it", async () => {
  const host = await hostWithCache();
  const solution = { records: [numpy, python], pip: ["cowsay"], found: { numpy: "numpy" } };
  const uv = tools({
    "solve.py": JSON.stringify(solution),
    uv: `${cowsay}numpy==2.1.0 \\\n    --hash=sha256:11\n`,
  });
  expect(await resolveConda(host, uv, owner, wanted, conda)).toBe(`${numpy}\n${python}\n${cowsay}`);
  expect(uv.ran[0]?.slice(0, 6)).toEqual([
    "/usr/bin/python3",
    "-I",
    "-S",
    "/scripts/solve.py",
    "/rattler",
    '["https://conda.example.org/school"]',
  ]);
  expect(uv.ran[1]).toEqual(
    expect.arrayContaining(["--python-version", "3.12.1", "--no-build", "--constraint"]),
  );
  expect(await host.list("/cache")).toEqual([]);
});

test("where the channels have it all, no index is asked", async () => {
  const host = await hostWithCache();
  const uv = tools({ "solve.py": JSON.stringify({ records: [python], pip: [], found: {} }) });
  expect(await resolveConda(host, uv, owner, wanted, conda)).toBe(`${python}\n`);
  expect(uv.ran).toHaveLength(1);
});

test("conda's packages are linked; of pip's, those that came with them are not installed again", async () => {
  const host = await hostWithCache();
  const site = "/env/lib/python3.12/site-packages";
  for (const folder of ["/env", "/env/lib", "/env/lib/python3.12", site])
    await host.makeDirectory(folder, { mode: 0o755, ...owner });
  await host.write(`${site}/typing_extensions-4.12.dist-info`, "", { mode: 0o644, ...owner });
  const lock = `${python}\n${cowsay}typing-extensions==4.12 \\\n    --hash=sha256:22\n`;
  await host.write("/cache/lock.txt", lock, { mode: 0o600, ...owner });
  const uv = tools({});
  await fillFromConda(host, uv, "/env", { lock: "/cache/lock.txt", conda, source: false });
  expect(uv.ran[0]?.slice(3)).toEqual([
    "/scripts/link.py",
    "/rattler",
    "/cache/lock.txt",
    "/env",
    '["https://conda.example.org/school"]',
  ]);
  expect(uv.ran[1]).toEqual(
    expect.arrayContaining(["install", "--no-deps", "--require-hashes", "--offline"]),
  );
  expect(host.text("/cache/lock.txt.pip")).toBe(cowsay);
});

test("what the cache lacks is named", async () => {
  const host = await hostWithCache();
  const uv = tools({ "missing.py": "numpy\npython\n" });
  expect(await missingFromCondaCache(host, uv, owner, { lock: numpy, conda })).toEqual(["numpy", "python"]);
  expect(await host.list("/cache")).toEqual([]);
});

test("a lock says what built the environment", () => {
  const lock = `${numpy}\n${cowsay}`;
  expect(condaRecords(lock).map(({ name, version }) => [name, version])).toEqual([["numpy", "2.1.0"]]);
  expect(pipLines(lock)).toBe(cowsay);
  expect([managerOf({ lock }), managerOf({ lock: cowsay })]).toEqual(["conda", "venv"]);
});

describe("py-rattler's words in a teacher's", () => {
  test.each([
    [
      "Cannot solve the request because of: No candidates were found for nonesuch *.",
      "No channel has nonesuch",
    ],
    [
      "Cannot solve the request because of: The following packages are incompatible",
      "cannot be installed together",
    ],
    ["hash mismatch when extracting the package", "its hash differs"],
    [
      "error sending request for url (http://user:pw@x.org/t/secret/noarch/repodata.json)",
      "(http://…@x.org/t/…/noarch/repodata.json)",
    ],
    ["No space left on device (os error 28)", "The disk is full."],
  ])("%s", (said, message) => {
    const explained = explainConda(new HomeroomError("it failed", { remedy: said }));
    expect(explained.message).toContain(message);
    expect(explained.remedy).toContain(said.slice(0, 20));
    expect(explained.remedy).not.toMatch(/secret|pw@/);
  });
  test("what nobody has seen yet stays as it is", () => {
    const error = new HomeroomError("it failed", { remedy: "quite new" });
    expect(explainConda(error)).toBe(error);
  });
});
