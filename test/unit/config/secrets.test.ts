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
  it.each([
    ["a: git+https://me:hunter2@git.example/x", "a: git+https://********@git.example/x"],
    ["a: https://hunter2@git.example/x", "a: https://********@git.example/x"],
    ["a: git+ssh://git@git.example/x", "a: git+ssh://git@git.example/x"],
    ["a: git+ssh://git:hunter2@git.example/x", "a: git+ssh://********@git.example/x"],
    ["a: https://git.example/x@1.0", "a: https://git.example/x@1.0"],
    ["a: ada@x.org", "a: ada@x.org"],
  ])("are hidden in the address of %j", (line, masked) => {
    expect(maskLine(line)).toBe(masked);
    expect(maskText(`# n\n${line}\n`, parse(line).root)).toBe(`# n\n${masked}\n`);
    expect(maskValue([line])).toEqual([masked]);
  });
  it("are hidden in data, with what stands under them", () => {
    const value = {
      client_secret: "a",
      password: 7,
      request_password: true,
      tokens: ["a", { x: "b" }],
      app_tokens: { x: "b" },
      apps: [{ name: "n", api_token: "b" }],
      name: "n",
      count: 5,
      token: "",
    };
    expect(maskValue(value)).toEqual({
      client_secret: "********",
      password: "********",
      request_password: true,
      tokens: ["********", "********"],
      app_tokens: "********",
      apps: [{ name: "n", api_token: "********" }],
      name: "n",
      count: 5,
      token: "",
    });
    expect(maskValue(null, ["password"])).toBe(null);
    expect(maskValue("x", ["auth", "X", "password"])).toBe("********");
    expect(maskValue("x", ["auth", "X", "tokens", "main"])).toBe("********");
  });
  it("are none in what people and groups are called", () => {
    const text = "limits:\n  users: {cookie: {memory: 1G}}\nusers:\n  extra_user_groups: {token: [ada]}\n";
    const { root } = parse(text);
    expect(maskText(text, root)).toBe(text);
    expect(maskValue({ limits: { users: { cookie: 1 } } })).toEqual({ limits: { users: { cookie: 1 } } });
  });
  it("are hidden in a text, whose other bytes stay", () => {
    const text =
      "# password: old\nname: a # n\npassword: |\n  long\n  one\ntoken:\ntokens: [a, true, '', {b: c}]\ncookie: null\n";
    expect(maskText(text, parse(text).root)).toBe(
      "# password: ********\nname: a # n\npassword: ********\ntoken:\ntokens: [********, true, '', {b: ********}]\ncookie: null\n",
    );
    expect(maskText("a: b: c\npassword: x\n", undefined)).toBe("a: b: c\npassword: ********\n");
  });
});
