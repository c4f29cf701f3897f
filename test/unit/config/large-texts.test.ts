import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../config/load.ts";

/** Each of these took minutes, or the stack, with a careless pattern or loop; the tier's time limit would tell. */
describe("a large text", () => {
  it.each([
    ["one long word", "x".repeat(2 ** 20), "not-a-mapping"],
    ["one long key", `${"x".repeat(2 ** 19)}: 1\n`, "yaml-syntax"],
    ["digits", `limits:\n  memory: ${"1".repeat(2 ** 19)}x\n`, "bad-size"],
    ["signed digits", `http:\n  port: +${"1".repeat(2 ** 19)}_x\n`, "wrong-type"],
    ["closing brackets", "]".repeat(2 ** 17), "yaml-syntax"],
    ["opening brackets", `x-a: ${"[".repeat(200_000)}`, "too-deep"],
    ["opening braces", `x-a: ${"{a: ".repeat(5000)}`, "too-deep"],
    ["colons", ": ".repeat(2 ** 17), "too-deep"],
    ["equal keys", "x-a: 1\n".repeat(2 ** 15), "duplicate-key"],
    [
      "an address",
      `https:\n  enabled: true\n  letsencrypt:\n    domains: [a.example]\n    email: a@${"a.".repeat(2 ** 17)}\n`,
      "email",
    ],
    ["spaces", `a${" ".repeat(2 ** 19)}b`, "not-a-mapping"],
    ["aliases", `x-a: &a [1]\nx-b: [${"*a, ".repeat(2 ** 16)}]\n`, undefined],
  ])("does not get lost in %s", (_, text, code) => {
    expect(
      loadConfig(text, { allowNotYet: true }).problems.find(({ severity }) => severity === "error")?.code,
    ).toBe(code);
  });
});
