import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { explainConda } from "./conda-errors.ts";
import { condaRecords, pipLines } from "./conda-lock.ts";
import { hashOf } from "./hash.ts";
import type { Wanted } from "./resolve-packages.ts";
import type { Uv } from "./run-uv.ts";

/** What an environment of conda's packages is built with. */
export interface CondaParts {
  /** Names or addresses, the preferred first. */
  channels: readonly string[];
  /** The folder that holds py-rattler. */
  library: string;
  /** The release's folder of the scripts that use it. */
  scripts: string;
}

/** What templates/conda/solve.py answers. */
interface Solution {
  /** Lines of a lock, each a JSON. */
  records: string[];
  /** Requirements that no channel has. */
  pip: string[];
  /** The name that a channel has a package of PyPI's under. */
  found: Record<string, string>;
}

/**
 * Every package that the requirements come to in the channels, and, below them, those that only the Python package
 * index has: a lock of which the first lines are JSON.
 * @throws HomeroomError that says in words what cannot be had or does not go together
 */
export async function resolveConda(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { requirements, preferences, source }: Wanted,
  conda: CondaParts,
): Promise<string> {
  const name = hashOf(JSON.stringify([requirements, preferences, conda.channels])).slice(0, 16);
  const [input, before] = [`${uv.cache}/${name}.wanted`, `${uv.cache}/${name}.before`];
  await host.write(input, requirements, { mode: 0o600, ...owner });
  await host.write(before, preferences, { mode: 0o600, ...owner });
  try {
    const { stdout } = await runScript(uv, conda, "solve.py", [
      JSON.stringify(conda.channels),
      input,
      before,
    ]);
    const solution = JSON.parse(stdout) as Solution;
    const records = solution.records.map((line) => `${line}\n`).join("");
    return `${records}${await resolveRest(host, uv, owner, { solution, source, preferences })}`;
  } finally {
    await host.remove(input);
    await host.remove(before);
  }
}

/** The lock of what pip puts on top: it keeps to the versions that conda gives, and holds none of conda's packages. */
async function resolveRest(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { solution, source, preferences }: { solution: Solution; source: boolean; preferences: string },
): Promise<string> {
  if (solution.pip.length === 0) return "";
  const given = new Map(condaRecords(solution.records.join("\n")).map((each) => [each.name, each.version]));
  for (const [name, as] of Object.entries(solution.found)) given.set(name, given.get(as) ?? "");
  const constraints = [...given].filter(([, version]) => /^\d[\w.]*$/.test(version));
  const text = `${solution.pip.join("\n")}\n`;
  const stem = `${uv.cache}/${hashOf(text).slice(0, 16)}`;
  const files = { input: `${stem}.in`, bounds: `${stem}.bounds`, output: `${stem}.lock` };
  const own = { mode: 0o600, ...owner };
  await host.write(files.input, text, own);
  await host.write(files.bounds, constraints.map((pair) => `${pair.join("==")}\n`).join(""), own);
  await host.write(files.output, pipLines(preferences), own);
  try {
    const forPython = ["--python", "/usr/bin/python3", "--python-version", given.get("python") ?? ""];
    const how = ["--generate-hashes", "--no-header", "--no-annotate", ...(source ? [] : ["--no-build"])];
    const where = ["--constraint", files.bounds, "--output-file", files.output, files.input];
    const { stdout } = await uv.uv(["pip", "compile", ...forPython, ...how, ...where]);
    const entries = stdout.split(/^(?=[A-Za-z0-9])/m);
    return entries.filter((entry) => !given.has(/^[^=\s]+/.exec(entry)?.[0] ?? "")).join("");
  } finally {
    for (const file of Object.values(files)) await host.remove(file);
  }
}

/** Fills a new environment with what a lock names: conda's packages, then those of pip that are not there by then. */
export async function fillFromConda(
  host: Host,
  uv: Uv,
  path: string,
  { lock, conda, source }: { lock: string; conda: CondaParts; source: boolean },
): Promise<void> {
  await runScript(uv, conda, "link.py", [lock, path, JSON.stringify(conda.channels)]);
  const text = (await host.read(lock))?.toString("utf8") ?? "";
  const there = await installedDistributions(host, path);
  const rest = pipLines(text)
    .split(/^(?=[A-Za-z0-9])/m)
    .filter((entry) => entry.includes("==") && !there.has(/^\S+/.exec(entry)?.[0] ?? ""));
  if (rest.length === 0) return;
  const stat = await host.stat(lock);
  await host.write(`${lock}.pip`, rest.join(""), { mode: 0o600, uid: stat?.uid ?? 0, gid: stat?.gid ?? 0 });
  const install = ["pip", "install", "--quiet", "--no-deps", "--require-hashes"];
  const from = ["--python", `${path}/bin/python`, "--requirements", `${lock}.pip`];
  const build = source ? [] : ["--no-build"];
  await uv
    .uv([...install, "--offline", ...build, ...from])
    .catch(() => uv.uv([...install, ...build, ...from]));
}

/** Names of conda's packages in a lock that the account's cache lacks; changes nothing. */
export async function missingFromCondaCache(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  { lock, conda }: { lock: string; conda: CondaParts },
): Promise<string[]> {
  const file = `${uv.cache}/${hashOf(lock)}.asked.txt`;
  await host.write(file, lock, { mode: 0o600, ...owner });
  try {
    const { stdout } = await runScript(uv, conda, "missing.py", [file]);
    return stdout.split("\n").filter((line) => line !== "");
  } finally {
    await host.remove(file);
  }
}

/** "numpy==2.1.0" of each package whose metadata lies in the environment. */
async function installedDistributions(host: Host, path: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const library of await host.list(`${path}/lib`)) {
    if (!/^python3\.\d+$/.test(library)) continue;
    for (const name of await host.list(`${path}/lib/${library}/site-packages`)) {
      const [, project = "", version = ""] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? [];
      found.add(`${project.replaceAll(/[-_.]+/g, "-").toLowerCase()}==${version}`);
    }
  }
  return found;
}

async function runScript(
  uv: Uv,
  { library, scripts }: CondaParts,
  script: string,
  args: readonly string[],
): Promise<{ stdout: string }> {
  try {
    const program = ["/usr/bin/python3", "-I", "-S", `${scripts}/${script}`];
    return await uv.run([...program, library, ...args]);
  } catch (error) {
    throw error instanceof HomeroomError ? explainConda(error) : error;
  }
}
