import { parse } from "yaml";
import { parseCondaDependency } from "./conda-dependency.ts";
import type { FolderRequest } from "./folder-request.ts";
import { readRequirementLines } from "./requirements-file.ts";
import { unreadable } from "./unreadable.ts";

type EnvironmentRequest = Pick<
  FolderRequest,
  "pip" | "sources" | "own" | "conda" | "channels" | "python" | "notDone"
>;

/**
 * Reads an environment.yml of conda's.
 * @throws HomeroomError where it is none
 */
export function readEnvironmentYaml(
  file: string,
  texts: Readonly<Record<string, string>>,
): EnvironmentRequest {
  const { dependencies, channels, variables } = contentOf(file, texts[file] ?? "");
  const request: EnvironmentRequest = {
    pip: [],
    sources: [],
    own: [],
    conda: [],
    channels: listOf(channels).filter((each) => typeof each === "string"),
    python: null,
    notDone: [],
  };
  for (const each of listOf(dependencies)) {
    if (typeof each === "string") addCondaDependency(request, each, file);
    else addPip(request, each, file, texts);
  }
  if (variables !== undefined && variables !== null) {
    const why = "variables of an environment are not set; `start` can set them";
    request.notDone.push({ what: "variables", file, why });
  }
  return request;
}

function contentOf(file: string, text: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 20 }) as unknown;
  } catch (error) {
    throw unreadable(file, `it is no YAML: ${firstLine(error)}`);
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== "object" || Array.isArray(content))
    throw unreadable(file, "it does not hold `dependencies:` and the like.");
  return content as Record<string, unknown>;
}

function addCondaDependency(request: EnvironmentRequest, text: string, file: string): void {
  const dependency = parseCondaDependency(text, file);
  if (dependency === undefined) throw unreadable(file, `\`${text}\` does not name a package of conda's.`);
  if (dependency.name !== "python") return void request.conda.push(dependency);
  if (dependency.versions !== "") request.python = { versions: dependency.versions, file };
}

function addPip(
  request: EnvironmentRequest,
  each: unknown,
  file: string,
  texts: Readonly<Record<string, string>>,
): void {
  const pip =
    typeof each === "object" && each !== null ? (each as Record<string, unknown>)["pip"] : undefined;
  if (pip === undefined) throw unreadable(file, `\`${JSON.stringify(each)}\` is no dependency.`);
  const lines = listOf(pip).filter((line) => typeof line === "string");
  const found = readRequirementLines(lines, file, texts);
  for (const key of ["pip", "sources", "own"] as const) request[key].push(...found[key]);
  request.notDone.push(...found.notDone);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
