import { expect, test } from "vitest";
import { chooseCopy, type Copy } from "../../../installer/backup/copies.ts";

const copy = (id: string, machine = "hub"): Copy => ({ id, at: "2026-12-01T02:10:00Z", machine });
const copies = [copy("aaaaaaaa"), copy("bbbbbbbb")];

test("the newest where nothing is said, and the one that is named", () => {
  expect(chooseCopy(copies, undefined).id).toBe("bbbbbbbb");
  expect(chooseCopy(copies, "aaaaaaaa").id).toBe("aaaaaaaa");
  expect(chooseCopy(copies, "aaaaaaaa00112233").id).toBe("aaaaaaaa");
});

test("none that is not there, and none of several machines by chance", () => {
  expect(() => chooseCopy([], undefined)).toThrow(/no copy yet/);
  expect(() => chooseCopy(copies, "cccccccc")).toThrow(/no copy cccccccc/);
  expect(() => chooseCopy([...copies, copy("cccccccc", "other")], undefined)).toThrow(
    /several machines: hub, other/,
  );
});
