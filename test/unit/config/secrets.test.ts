import { describe, expect, it } from "vitest";
import { parse } from "../../../config/parse.ts";
import { maskLine, maskText, maskValue } from "../../../config/secrets.ts";

describe("secrets", () => {
  it.each([
    ["client_secret: abc", "client_secret: ********"],
    ["  - {name: x, password: 'a b', n: 1}", "  - {name: x, password: ********, n: 1}"],
    ['"api_token": abc', '"api_token": ********'],
    ["token_url: https://x.example", "token_url: https://x.example"],
    ["first_password: own", "first_password: own"],
    ["password:", "password:"],
  ])("are hidden in the line %j", (line, masked) => {
    expect(maskLine(line)).toBe(masked);
  });
  it("are hidden in data, with what stands under them", () => {
    const value = {
      client_secret: "a",
      password: 7,
      request_password: true,
      tokens: ["a", { x: "b" }],
      name: "n",
      token: "",
    };
    expect(maskValue(value)).toEqual({
      client_secret: "********",
      password: "********",
      request_password: true,
      tokens: ["********", "********"],
      name: "n",
      token: "",
    });
    expect(maskValue(null, "password")).toBe(null);
    expect(maskValue("x", "password")).toBe("********");
  });
  it("are hidden in a text, whose other bytes stay", () => {
    const text =
      "# password: old\nname: a # n\npassword: |\n  long\n  one\ntoken:\ntokens: [a, true, '']\ncookie: null\n";
    expect(maskText(text, parse(text).root)).toBe(
      "# password: ********\nname: a # n\npassword: ********token:\ntokens: [********, true, '']\ncookie: null\n",
    );
    expect(maskText("a: b: c\npassword: x\n", undefined)).toBe("a: b: c\npassword: ********\n");
  });
});
