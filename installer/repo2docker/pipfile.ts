import { parse } from "smol-toml";
import type { FolderRequest } from "./folder-request.ts";
import { readRequirementLines } from "./requirements-file.ts";
import { unreadable } from "./unreadable.ts";

type PipfileRequest = Pick<FolderRequest, "pip" | "sources" | "own" | "python" | "notDone">;
type Table = Record<string, unknown>;

/**
 * Reads a Pipfile.lock, or the Pipfile where there is none; as `pipenv install --dev` both kinds of packages.
 * @param names paths that are there
 * @throws HomeroomError where it is none
 */
export function readPipfile(
  { lock, pipfile }: { lock: string | undefined; pipfile: string | undefined },
  texts: Readonly<Record<string, string>>,
): PipfileRequest {
  const locked = lock === undefined ? undefined : tableOf(lock, texts[lock] ?? "", JSON.parse);
  const written = pipfile === undefined ? undefined : tableOf(pipfile, texts[pipfile] ?? "", parse);
  const file = lock ?? pipfile ?? "Pipfile";
  const packages =
    locked === undefined
      ? [section(written, "packages"), section(written, "dev-packages")]
      : [section(locked, "default"), section(locked, "develop")];
  const lines = packages.flatMap((each) => Object.entries(each).map(([name, value]) => lineOf(name, value)));
  const meta = section(locked, "_meta");
  const sources = locked === undefined ? written?.["source"] : meta["sources"];
  const request = readRequirementLines([...new Set(lines)], file, texts);
  return {
    ...request,
    notDone: [...request.notDone, ...otherSources(sources, file)],
    python: pythonOf(section(meta, "requires"), lock) ?? pythonOf(section(written, "requires"), pipfile),
  };
}

function tableOf(file: string, text: string, read: (text: string) => unknown): Table {
  try {
    const content = read(text);
    if (typeof content === "object" && content !== null) return content as Table;
  } catch (error) {
    throw unreadable(file, (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "");
  }
  throw unreadable(file, "it holds no sections.");
}

function section(table: Table | undefined, name: string): Table {
  const found = table?.[name];
  return typeof found === "object" && found !== null ? (found as Table) : {};
}

/** One entry as a line of requirements.txt. */
function lineOf(name: string, value: unknown): string {
  if (typeof value === "string") return `${name}${versionsOf(value)}`;
  const table = (typeof value === "object" && value !== null ? value : {}) as Table;
  const text = (key: string) => (typeof table[key] === "string" ? table[key] : undefined);
  const extras = Array.isArray(table["extras"]) ? `[${table["extras"].join(",")}]` : "";
  const markers = text("markers");
  const marker = markers === undefined ? "" : ` ; ${markers}`;
  const git = text("git");
  if (git !== undefined) {
    const ref = text("ref");
    return `${name}${extras} @ git+${git.replace(/^git\+/, "")}${ref === undefined ? "" : `@${ref}`}`;
  }
  const path = text("path");
  if (path !== undefined) return `./${path}${extras}`;
  const address = text("file");
  if (address !== undefined) return /^https?:/.test(address) ? `${name} @ ${address}` : `./${address}`;
  return `${name}${extras}${versionsOf(text("version") ?? "*")}${marker}`;
}

function versionsOf(text: string): string {
  const versions = text.trim();
  return versions === "*" || versions === "" ? "" : /^[\d]/.test(versions) ? `==${versions}` : versions;
}

function otherSources(sources: unknown, file: string): { what: string; file: string; why: string }[] {
  const urls = (Array.isArray(sources) ? (sources as Table[]) : []).map((each) => each["url"]);
  return urls.some((url) => typeof url !== "string" || !/^https:\/\/pypi\.(?:org|python\.org)\//.test(url))
    ? [{ what: "sources", file, why: "packages come from the index that this machine is set up for" }]
    : [];
}

function pythonOf(requires: Table, file: string | undefined): FolderRequest["python"] {
  for (const key of ["python_full_version", "python_version"]) {
    const wish = requires[key];
    const version = typeof wish === "string" ? /^\d+(?:\.\d+)*/.exec(wish)?.[0] : undefined;
    if (version !== undefined && file !== undefined) return { versions: `==${version}`, file };
  }
  return null;
}
