import type { CondaDependency } from "./folder-request.ts";

/** Reads one dependency as conda writes it (`numpy=1.26`, `conda-forge::gdal>=3,<4`); undefined where it is none. */
export function parseCondaDependency(text: string, file: string): CondaDependency | undefined {
  const bracket = /^(?<before>[^[]+)\[(?<inside>.*)\]$/.exec(text.trim())?.groups;
  const [, channel, rest = ""] = /^(?:([^:\s]+)::)?(.*)$/.exec(bracket?.["before"] ?? text.trim()) ?? [];
  const groups = /^(?<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?<spec>.*)$/.exec(rest)?.groups;
  if (groups === undefined) return undefined;
  const inside = (key: string) =>
    new RegExp(`\\b${key}\\s*=\\s*['"]?([^'"\\]]*)`).exec(bracket?.["inside"] ?? "")?.[1];
  const [versions, build] = splitBuild((inside("version") ?? groups["spec"] ?? "").trim());
  const read = pep440(versions);
  if (read === undefined) return undefined;
  const asked = { name: (groups["name"] ?? "").toLowerCase(), versions: read, text, file };
  const madeAs = inside("build") ?? build;
  const from = inside("channel") ?? channel;
  return {
    ...asked,
    ...(madeAs === undefined || madeAs === "*" ? {} : { build: madeAs }),
    ...(from === undefined ? {} : { channel: from }),
  };
}

/** `=1.2=py39_0` and `1.2 py39_0` name a build after the version. */
function splitBuild(spec: string): [versions: string, build: string | undefined] {
  const [, versions, build] = /^(={0,2}\s*[^=<>!~,|\s]+)(?:=|\s+)([A-Za-z0-9_*.]+)$/.exec(spec) ?? [];
  return versions === undefined ? [spec, undefined] : [versions, build];
}

/**
 * conda's versions in PEP 440's words: one `=` (or none) means "begins with".
 * @returns undefined where it has none for them
 */
function pep440(spec: string): string | undefined {
  const compact = spec.replaceAll(/\s+/g, "");
  if (compact === "" || compact === "*") return "";
  const parts = compact.split(",").map((part) => {
    const [, operator = "", version = ""] = /^(===?|=|[!<>~]=|<|>)?([A-Za-z0-9._*+!-]+)$/.exec(part) ?? [];
    if (version === "") return undefined;
    if (version === "*") return "";
    if (operator === "" || operator === "=") {
      const prefix = version.replace(/\.?\*$/, "");
      return operator === "" && !version.includes("*") ? `==${version}` : `==${prefix}.*`;
    }
    return `${operator === "===" ? "==" : operator}${["==", "!="].includes(operator) ? version : version.replace(/\.?\*$/, "")}`;
  });
  return parts.includes(undefined) ? undefined : parts.filter((part) => part !== "").join(",");
}
