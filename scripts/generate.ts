import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";
import { referencePage } from "../config/reference.ts";

const root = new URL("..", import.meta.url);

/*
 * Writes the files that are made from config/schema.json. `--check` changes nothing and exits 1 where a file is
 * not what it should be; `--traits PYTHON` also reads the traits out of that Python environment of the hub.
 */
const outputs: Record<string, () => Promise<string> | string> = {
  "config/generated/written-config.ts": writtenConfig,
  "docs/config-reference.md": referencePage,
};

const [option, python] = process.argv.slice(2);
if (option === "--traits") {
  const script = new URL("scripts/traits.py", root).pathname;
  const traits = execFileSync(python ?? "python3", ["-I", script], { encoding: "utf8" });
  writeFileSync(new URL("config/traits.json", root), traits);
}
const stale: string[] = [];
for (const [file, make] of Object.entries(outputs)) {
  const content = await make();
  const url = new URL(file, root);
  if (content === read(url)) continue;
  stale.push(file);
  if (option !== "--check") writeFileSync(url, content);
}
if (option === "--check" && stale.length > 0) {
  process.stderr.write(`Not what config/schema.json says: ${stale.join(", ")}. Run \`npm run generate\`.\n`);
  process.exitCode = 1;
}

function read(url: URL): string | undefined {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return undefined;
  }
}

/** The types of what was written, as the loader returns it: names as text, sizes in bytes. */
async function writtenConfig(): Promise<string> {
  const schema = JSON.parse(readFileSync(new URL("config/schema.json", root), "utf8")) as object;
  return compile(
    asLoaded({ ...schema, $id: "WrittenConfig", title: "WrittenConfig" }) as never,
    "WrittenConfig",
    {
      bannerComment: "/* Made from config/schema.json by scripts/generate.ts; do not edit. */",
      format: false,
      unknownAny: true,
    },
  );
}

/** The schema of what the loader returns: sizes are bytes, free keys are left out, and null is only where it means something. */
function asLoaded(part: unknown): unknown {
  if (Array.isArray(part)) return part.filter((value) => value !== null && value !== "null").map(asLoaded);
  if (typeof part !== "object" || part === null) return part;
  const size = "x-kind" in part && part["x-kind"] === "size";
  if ("x-null" in part) {
    const words =
      "x-words" in part ? (part["x-words"] as string[]).map((word) => ` | ${JSON.stringify(word)}`) : [];
    const { description } = part as { description?: string };
    return { description, tsType: `number${words.join("")} | null` };
  }
  return Object.fromEntries(
    Object.entries(part)
      .filter(([key]) => key !== "patternProperties" && key !== "default" && key !== "examples")
      .map(([key, value]: [string, unknown]) => {
        if (key === "tsType") return [key, size ? "number" : String(value).replace(" | null", "")];
        return [key, asLoaded(value)];
      }),
  );
}
