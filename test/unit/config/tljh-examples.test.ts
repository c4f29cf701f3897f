import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../config/config.ts";
import { loadConfig } from "../../../config/load.ts";

/** TLJH's documented configs with what TLJH's own code makes of them; kept beside the repository. */
const folder = new URL("../../../../shared/cases/tljh-examples/", import.meta.url);

describe("configs of TLJH keep their meaning", () => {
  const cases = existsSync(folder) ? readCases() : [];
  it("finds the examples, or says that there are none here", () => {
    if (cases.length === 0) process.stderr.write("tljh-examples are not here: none of them were run\n");
    expect(cases.length === 0 || cases.length >= 20).toBe(true);
  });
  it.each(cases)("$file", (row) => {
    const { problems, config } = load(row["file"] ?? "");
    const errors = problems.filter(({ severity }) => severity === "error");
    expect(config ? meaning(config) : errors.length > 0 && row["verdict"] !== "valid").toEqual(
      config ? expected(row) : true,
    );
  });
});

type Row = Record<string, string>;

/** A row's columns that say what a config means. */
function expected(row: Row): Row {
  const names = [
    "memory_bytes",
    "cpu",
    "admins",
    "allowed",
    "banned",
    "auth_type",
    "https",
    "http_port",
    "https_port",
    "cull",
  ];
  return {
    ...Object.fromEntries(names.map((name) => [name, row[name] ?? ""])),
    groups: row["groups"]?.replace("TEXT:", "") ?? "",
    base_url: `${row["base_url"]?.replace(/\/$/, "")}/`,
    // What TLJH no longer has opens JupyterLab there too.
    default_app: row["default_app"] === "nteract" ? "jupyterlab" : (row["default_app"] ?? ""),
  };
}

function meaning({ limits, users, auth, https, http, baseUrl, userEnvironment, services }: Config): Row {
  return {
    // Where TLJH sets no limit, Homeroom computes one from the machine; a written null is no limit in both.
    memory_bytes: limits.memory === "auto" ? "none" : String(limits.memory ?? "none"),
    cpu: String(limits.cpu ?? "none"),
    admins: users.admin.join(","),
    allowed: users.allowed.join(","),
    banned: users.banned.join(","),
    groups: Object.entries(users.extraUserGroups)
      .map(([name, people]) => `${name}=${people.join(",")}`)
      .join(" "),
    auth_type: auth.type,
    https: https.mode,
    http_port: String(http.port),
    https_port: String(https.port),
    base_url: baseUrl,
    default_app: userEnvironment.defaultApp,
    cull: cullWords(services.cull),
  };
}

function readCases(): Row[] {
  const [head, ...lines] = readFileSync(new URL("expect.tsv", folder), "utf8").trimEnd().split("\n");
  const names = head?.split("\t") ?? [];
  return lines.map((line) => {
    const values = line.split("\t");
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
  });
}

/** A config that asks for what is not carried out yet has no Config; the rest of it must mean the same all the same. */
function load(file: string): ReturnType<typeof loadConfig> {
  return loadConfig(readFileSync(new URL(file, folder)), { allowNotYet: true });
}

function cullWords(cull: Record<string, unknown>): string {
  const words = ["enabled", "timeout", "every", "concurrency", "users", "max_age", "remove_named_servers"];
  const camel = (word: string): string =>
    word.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return words
    .map(
      (word) =>
        `${word}=${String(cull[camel(word)]).replace(/^./, (first) => (first >= "a" ? first.toUpperCase() : first))}`,
    )
    .join(" ");
}
