import { describe, expect, it } from "vitest";
import { exactSize, formatSize, meantSize, readSize } from "../../../config/size.ts";

function read(text: string, plain = true): number | undefined {
  return readSize({ kind: "scalar", text, plain, span: { start: 0, end: 0 } });
}

describe("sizes", () => {
  it.each([
    ["1K", 1024],
    ["1.5M", 1_572_864],
    [".5G", 536_870_912],
    ["2T", 2_199_023_255_552],
    ["5.G", 5_368_709_120],
    ["1e3M", 1_048_576_000],
    ["4 G", 4_294_967_296],
    ["+1K", 1024],
    ["1_0K", 10_240],
    ["0.0001K", 0],
    ["-1K", -1024],
    ["123", 123],
    ["1e3", 1000],
    ["1.9", 1],
  ])("%s is %d bytes, as JupyterHub counts", (text, bytes) => {
    expect(read(text)).toBe(bytes);
  });
  it.each([
    "",
    "G",
    "4GB",
    "4g",
    "1,5G",
    "4P",
    "infG",
    "9e999G",
    ".inf",
    "9999999999T",
    "0x1K",
    `${"0".repeat(64)}K`,
  ])("%j is none", (text) => {
    expect(read(text)).toBe(undefined);
  });
  it("does not take a number in quotes for one", () => {
    expect(read("123", false)).toBe(undefined);
    expect(read("1G", false)).toBe(1_073_741_824);
  });
  it.each([
    ["4GB", "4G"],
    ["512mib", "512M"],
    ["1,5 g", "1.5G"],
    ["100 bytes", "100"],
    ["much", undefined],
    ["1".repeat(65), undefined],
  ])("%s probably means %s", (text, meant) => {
    expect(meantSize(text)).toBe(meant);
  });
  it("are written for people, and so that no byte is lost", () => {
    expect([0, 512, 1024, 1_610_612_736, 1_610_612_737].map(formatSize)).toEqual([
      "0",
      "512",
      "1K",
      "1.5G",
      "1.5G",
    ]);
    expect([0, 512, 1024, 1_610_612_736, 1_610_612_737, 2_281_701_376].map(exactSize)).toEqual([
      "0",
      "512",
      "1K",
      "1.5G",
      "1610612737",
      "2176M",
    ]);
  });
});
