import { expect, test } from "vitest";
import { waitFor } from "../../../installer/sandbox/wait-for.ts";

test("answers as soon as there is an answer", async () => {
  let asked = 0;
  expect(
    await waitFor(10_000, async () => await Promise.resolve((asked += 1) === 3 ? "yes" : undefined)),
  ).toBe("yes");
  expect(asked).toBe(3);
});

test("gives up after its time", async () => {
  const started = Date.now();
  expect(await waitFor(120, async () => await Promise.resolve(undefined))).toBeUndefined();
  expect(Date.now() - started).toBeGreaterThanOrEqual(120);
});

test("ends with the reason of an aborted signal", async () => {
  const signal = AbortSignal.abort(new Error("the person's wish"));
  await expect(waitFor(10_000, async () => await Promise.resolve(undefined), signal)).rejects.toThrow(
    "the person's wish",
  );
});
