import { parse } from "smol-toml";
import { readEnvironmentYaml } from "./environment-yaml.ts";
import type { FolderFiles, FolderRequest, NotDone } from "./folder-request.ts";
import { readPipfile } from "./pipfile.ts";
import { readRequirementsFile } from "./requirements-file.ts";
import { readRuntimeFile, type Runtime } from "./runtime-file.ts";
import { unreadable } from "./unreadable.ts";

/**
 * What a folder asks for, by repo2docker's rules: files count in binder/ or .binder/ where there is one, and only
 * there; Julia and R before environment.yml, that before Pipfile.lock and Pipfile, those before requirements.txt with
 * the folder's own package.
 * @throws HomeroomError that names a file that cannot be understood
 */
export function readFolder(files: FolderFiles): FolderRequest {
  const folder = binderFolder(files.names);
  const at = (name: string) => (files.names.includes(`${folder}${name}`) ? `${folder}${name}` : undefined);
  const runtimeFile = at("runtime.txt");
  const runtime =
    runtimeFile === undefined ? undefined : readRuntimeFile(runtimeFile, files.texts[runtimeFile] ?? "");
  const request: FolderRequest = {
    by: null,
    pip: [],
    sources: [],
    own: [],
    conda: [],
    channels: [],
    apt: aptNames(at("apt.txt"), files.texts),
    python: null,
    postBuild: at("postBuild") ?? null,
    start: at("start") ?? null,
    notDone: notOurs(at, folder),
  };
  addPackages(request, files, { at, isTop: folder === "", runtime, runtimeFile });
  addIgnored(request, at, folder, files.names);
  return request;
}

interface Place {
  /** The path of a file that counts; undefined where there is none. */
  at(this: void, name: string): string | undefined;
  isTop: boolean;
  runtime: Runtime | undefined;
  runtimeFile: string | undefined;
}

function binderFolder(names: readonly string[]): string {
  const found = ["binder/", ".binder/"].filter((name) => names.includes(name));
  if (found.length > 1)
    throw unreadable("binder/", "there is a folder .binder/ too, and only one of them can count.");
  return found[0] ?? "";
}

function aptNames(file: string | undefined, texts: Readonly<Record<string, string>>): string[] {
  if (file === undefined) return [];
  const names = (texts[file] ?? "")
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => line !== "");
  for (const name of names) {
    if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name))
      throw unreadable(file, `\`${name}\` is not the name of one Debian package.`);
  }
  return [...new Set(names)];
}

function addPackages(request: FolderRequest, { texts }: FolderFiles, place: Place): void {
  const { at, runtime, runtimeFile } = place;
  const julia = ["Project.toml", "JuliaProject.toml", "REQUIRE"].some((name) => at(name) !== undefined);
  const r = runtime?.name === "r" || (place.isTop && at("DESCRIPTION") !== undefined);
  const yaml = at("environment.yml") ?? at("environment.yaml");
  const [lock, pipfile] = [at("Pipfile.lock"), at("Pipfile")];
  const isPython = runtime === undefined || runtime.name === "python";
  if (yaml !== undefined && !julia && !r) {
    Object.assign(request, merged(request, readEnvironmentYaml(yaml, texts)), { by: yaml });
    return;
  }
  if ((lock ?? pipfile) !== undefined && !julia && !r && isPython) {
    Object.assign(request, merged(request, readPipfile({ lock, pipfile }, texts)), { by: lock ?? pipfile });
    return;
  }
  const requirements = at("requirements.txt");
  const own = place.isTop ? ownPackage(at, texts) : undefined;
  if (requirements !== undefined)
    Object.assign(request, merged(request, readRequirementsFile(requirements, texts)), { by: requirements });
  if (own !== undefined) {
    if (!holdsItself(request)) request.own.push({ text: ".", file: own });
    request.by ??= own;
  }
  if (runtime?.name === "python" && runtime.version !== null && runtimeFile !== undefined)
    request.python = { versions: `==${runtime.version}`, file: runtimeFile };
}

function holdsItself({ own }: FolderRequest): boolean {
  return own.some(({ text }) => /^\.(?:\[|$)/.test(text));
}

/** The file that makes the folder itself a package. */
function ownPackage(at: Place["at"], texts: Readonly<Record<string, string>>): string | undefined {
  const setup = at("setup.py");
  if (setup !== undefined) return setup;
  const file = at("pyproject.toml");
  if (file === undefined) return undefined;
  try {
    const project = parse(texts[file] ?? "");
    return "project" in project && "build-system" in project ? file : undefined;
  } catch (error) {
    throw unreadable(file, (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "");
  }
}

function merged(request: FolderRequest, found: Partial<FolderRequest>): Partial<FolderRequest> {
  return { ...found, notDone: [...request.notDone, ...(found.notDone ?? [])] };
}

/** Files for what Homeroom does not install. */
function notOurs(at: Place["at"], folder: string): NotDone[] {
  const python = "the environment is one of Python packages";
  const reasons: Record<string, string> = {
    Dockerfile: "no container is built; what the other files ask for is installed",
    "default.nix": "Nix is not installed; what the other files ask for is installed",
    "Project.toml": `Julia is not installed: ${python}`,
    "JuliaProject.toml": `Julia is not installed: ${python}`,
    REQUIRE: `Julia is not installed: ${python}`,
    "install.R": `R is not installed: ${python}`,
    ...(folder === "" ? { DESCRIPTION: `R is not installed: ${python}` } : {}),
  };
  return Object.entries(reasons).flatMap(([name, why]) => {
    const file = at(name);
    return file === undefined ? [] : [{ what: name, file, why }];
  });
}

/** Files that would count if a more specific one did not win. */
function addIgnored(request: FolderRequest, at: Place["at"], folder: string, names: readonly string[]): void {
  const { by } = request;
  const counted = new Set(
    [by, ...request.pip, ...request.own, ...request.sources].map((each) =>
      typeof each === "string" || each === null ? each : each.file,
    ),
  );
  const isOwn = holdsItself(request);
  const candidates = ["environment.yml", "environment.yaml", "Pipfile.lock", "Pipfile", "requirements.txt"];
  for (const name of [...candidates, "setup.py", "pyproject.toml"]) {
    const file = at(name);
    if (file === undefined || counted.has(file) || (isOwn && /^setup|^pyproject/.test(name))) continue;
    if (name === "Pipfile" && by === at("Pipfile.lock")) continue;
    const why =
      by === null || by.endsWith("requirements.txt")
        ? (notPackage[name] ?? "the files of another language count instead, as in repo2docker")
        : `${by} counts instead, as in repo2docker`;
    request.notDone.push({ what: name, file, why });
  }
  const runtime = at("runtime.txt");
  if (runtime !== undefined && by !== null && request.python?.file !== runtime) {
    const [, name = ""] = /(environment\.ya?ml|Pipfile(?:\.lock)?)$/.exec(by) ?? [];
    if (name !== "")
      request.notDone.push({
        what: "runtime.txt",
        file: runtime,
        why: `${by} counts instead, as in repo2docker`,
      });
  }
  const top =
    folder === "" ? [] : [...candidates, "setup.py", "pyproject.toml", "apt.txt", "postBuild", "start"];
  for (const name of top) {
    if (names.includes(name) && !counted.has(name) && !(isOwn && /^setup|^pyproject/.test(name)))
      request.notDone.push({
        what: name,
        file: name,
        why: `only ${folder} counts where there is one, as in repo2docker`,
      });
  }
}

const notPackage: Readonly<Record<string, string>> = {
  "pyproject.toml": "it has not both [project] and [build-system], so it is no package, as in repo2docker",
};
