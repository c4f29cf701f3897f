import { expect, test } from "vitest";
import { attach } from "../../../installer/sandbox/attach.ts";

test("ends with the program's exit code, or the signal's as a shell gives it", async () => {
  expect(await attach(["/bin/sh", "-c", "exit 7"])).toBe(7);
  expect(await attach(["/bin/sh", "-c", "kill -TERM $$"])).toBe(143);
});

test("a program that is not there is an error", async () => {
  await expect(attach(["/nowhere/program"])).rejects.toThrow("ENOENT");
});

test("passes only what a terminal needs of the environment", async () => {
  process.env["SANDBOX_TEST_SECRET"] = "x";
  try {
    expect(await attach(["/bin/sh", "-c", '[ -z "$SANDBOX_TEST_SECRET" ] && [ -n "$PATH" ]'])).toBe(0);
  } finally {
    delete process.env["SANDBOX_TEST_SECRET"];
  }
});
