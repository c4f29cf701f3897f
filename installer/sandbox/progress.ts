/** Told what a long step does; the signal ends it, and everything made so far is taken away. */
export interface Progress {
  report: (line: string) => void;
  signal?: AbortSignal;
}

/** For callers that only want the result. */
export const silent: Progress = { report: () => undefined };
