/** A bound: so many times what the figure stands beside at most, or so much at most. */
export type Bound = { ratio: number } | { most: number };

/** One measured thing; samples are in the order in which they were taken, in `unit`. */
export interface Figure {
  what: string;
  /** "s", "MB", or what is counted. */
  unit: string;
  ours: readonly number[];
  /** What it stands beside: the stock hub, or an empty program. */
  beside?: { name: string; samples: readonly number[] };
  must?: Bound;
  aim?: Bound;
}

/** A figure's medians against its bounds. */
export interface Verdict {
  ours: number;
  beside?: number;
  /** Ours divided by what it stands beside. */
  ratio?: number;
  /** "aim": better than must, or there is no must; "neither": there is an aim alone, and it was not reached. */
  reached: "aim" | "must" | "missed" | "neither";
}

/** What the samples say of must and aim. @throws TypeError where a ratio is asked for and there is nothing beside. */
export function verdictOf({ ours, beside, must, aim }: Figure): Verdict {
  const own = median(ours);
  const other = beside === undefined ? undefined : median(beside.samples);
  const ratio = other === undefined ? undefined : own / other;
  const holds = (bound: Bound): boolean => {
    if ("most" in bound) return own <= bound.most;
    if (ratio === undefined) throw new TypeError("a ratio to nothing");
    return ratio <= bound.ratio;
  };
  const reached = (): Verdict["reached"] => {
    // A loose aim would be reached by what misses the must.
    if (must !== undefined && !holds(must)) return "missed";
    if (aim !== undefined && holds(aim)) return "aim";
    return must === undefined ? "neither" : "must";
  };
  return {
    ours: own,
    ...(other === undefined ? {} : { beside: other }),
    ...(ratio === undefined ? {} : { ratio }),
    reached: reached(),
  };
}

/** The middle sample, of an even number the mean of the middle two. @throws TypeError where there is none. */
function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new TypeError("a median of nothing");
  return (low + high) / 2;
}
