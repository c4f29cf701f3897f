import { Ajv2020 } from "ajv/dist/2020.js";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../config/load.ts";
import { jsonOf } from "../../../config/values.ts";
import schema from "../../../config/schema.json" with { type: "json" };

const folder = new URL("../../cases/config/", import.meta.url);
const texts = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => readFileSync(new URL(file, folder)));

describe("the schema", () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  it("accepts every sample that has no problem", () => {
    const clean = texts.filter((text) => loadConfig(text, { allowNotYet: true }).problems.length === 0);
    expect(clean.length).toBeGreaterThan(20);
    const refused = clean.filter((text) => !validate(rootOf(text)));
    expect(refused.map(String)).toEqual([]);
  });
  it("refuses unknown keys and wrong types, as an editor should show", () => {
    expect(validate({ users: { admn: [] } })).toBe(false);
    expect(validate({ http: { port: 70_000 } })).toBe(false);
    expect(validate({ limits: { memory: "4GB" } })).toBe(false);
  });
  it("has words, and an example or a default, for every key", () => {
    expect(undescribed(schema, "")).toEqual([]);
  });
});

function undescribed(part: object, path: string): string[] {
  const { properties = {} } = part as { properties?: Record<string, object> };
  return Object.entries(properties).flatMap(([key, inner]) => {
    const { description, examples, type } = inner as {
      description?: string;
      examples?: unknown[];
      type?: string[];
    };
    const section = "properties" in inner || type?.includes("object");
    const complete = description !== undefined && (section || examples?.length === 1);
    return [...(complete ? [] : [`${path}/${key}`]), ...undescribed(inner, `${path}/${key}`)];
  });
}

function rootOf(text: Buffer): unknown {
  const { root } = loadConfig(text);
  return root && (JSON.parse(JSON.stringify(jsonOf(root))) as unknown);
}
