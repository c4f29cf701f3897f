import { describe, expect, test } from "vitest";
import { verdictOf, type Figure } from "../../bench/figure.ts";

function figure(ours: number[], stock: number[], given: Partial<Figure> = {}): Figure {
  const beside = { name: "stock", samples: stock };
  return { what: "login", unit: "s", ours, beside, must: { ratio: 0.4 }, aim: { ratio: 0.3 }, ...given };
}

describe("a figure", () => {
  test("is the ratio of two medians", () => {
    expect(verdictOf(figure([9, 1, 2], [10, 4]))).toEqual({
      ours: 2,
      beside: 7,
      ratio: 2 / 7,
      reached: "aim",
    });
  });

  test("that reaches a bound exactly has met it", () => {
    expect(verdictOf(figure([3], [10])).reached).toBe("aim");
    expect(verdictOf(figure([4], [10])).reached).toBe("must");
    expect(verdictOf(figure([4.01], [10])).reached).toBe("missed");
  });

  test("that misses its must has not met a looser aim", () => {
    const bounds = { must: { most: 0 }, aim: { most: 2 } };
    expect(verdictOf(figure([1], [10], bounds)).reached).toBe("missed");
  });

  test("is compared with a bound of its own where that is no ratio", () => {
    expect(verdictOf(figure([0], [98], { must: { most: 0 }, aim: { most: -1 } })).reached).toBe("must");
  });

  test("without a must has reached its aim or neither", () => {
    const ours = { what: "slowest", unit: "s", ours: [2] };
    expect(verdictOf({ ...ours, aim: { most: 2 } }).reached).toBe("aim");
    expect(verdictOf({ ...ours, aim: { most: 1 } }).reached).toBe("neither");
  });

  test("of nothing is a mistake", () => {
    expect(() => verdictOf(figure([], [1]))).toThrow("nothing");
    expect(() => verdictOf({ what: "", unit: "s", ours: [1], must: { ratio: 1 } })).toThrow("nothing");
  });
});
