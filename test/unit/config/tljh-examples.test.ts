import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../config/load.ts";

/** TLJH's documented configs with what TLJH's own code makes of them; kept beside the repository. */
const folder = new URL("../../../../shared/cases/tljh-examples/", import.meta.url);

describe("configs of TLJH keep their meaning", () => {
  const cases = existsSync(folder) ? readCases() : [];
  it("finds the examples, or says that there are none here", () => {
    if (cases.length === 0) process.stderr.write("tljh-examples are not here: none of them were run\n");
    expect(cases.length === 0 || cases.length >= 20).toBe(true);
  });
  for (const row of cases) {
    it(row["file"] ?? "", () => {
      const { written, problems, config } = load(row["file"] ?? "");
      const errors = problems.filter(({ severity, code }) => severity === "error" && code !== "not-yet");
      if (row["verdict"] === "valid") expect(errors).toEqual([]);
      if (config === undefined) {
        expect(problems.some(({ severity }) => severity === "error")).toBe(true);
        return;
      }
      const https = config.https;
      expect({
        memory_bytes: String(config.limits.memory ?? "none"),
        cpu: String(config.limits.cpu ?? "none"),
        admins: config.users.admin.join(","),
        allowed: config.users.allowed.join(","),
        banned: config.users.banned.join(","),
        groups: Object.entries(config.users.extraUserGroups)
          .map(([name, people]) => `${name}=${people.join(",")}`)
          .join(" "),
        auth_type: config.auth.type,
        https: https.mode,
        http_port: String(config.http.port),
        https_port: String(https.port),
        base_url: config.baseUrl,
        default_app: config.userEnvironment.defaultApp,
        cull: cullWords(config.services.cull),
      }).toEqual({
        memory_bytes: row["memory_bytes"],
        cpu: row["cpu"],
        admins: row["admins"],
        allowed: row["allowed"],
        banned: row["banned"],
        groups: row["groups"]?.replace("TEXT:", ""),
        auth_type: row["auth_type"],
        https: row["https"],
        http_port: row["http_port"],
        https_port: row["https_port"],
        base_url: `${row["base_url"]?.replace(/\/$/, "")}/`,
        default_app: row["default_app"] === "nteract" ? "jupyterlab" : row["default_app"],
        cull: row["cull"],
      });
      expect(written).toBeDefined();
    });
  }
});

function readCases(): Record<string, string>[] {
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
