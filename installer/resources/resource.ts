import type { Host, HostReader } from "../host/host.ts";

/** Who notices a change, for the plan in words. */
export type Affected =
  | { who: "nobody" }
  | { who: "hub"; seconds: number }
  | { who: "new-servers" }
  | { who: "front-door"; seconds: number };

/** Number of a step within its plan, from 0. */
export type StepNumber = number;

/** One change of a plan, as data: to run it is to write `after`, to undo it is to write `before`. */
export interface Step<State = unknown> {
  number: StepNumber;
  kind: string;
  id: string;
  before?: State;
  after?: State;
  needs: StepNumber[];
}

/** Told of what a long write does (lines for the log and the progress display). */
export interface Progress {
  report(line: string): void;
  signal: AbortSignal;
}

/**
 * A kind of thing on the machine. `State` is JSON: it goes into plans, journal and manifests, so it holds
 * hashes, never secrets. `write` is idempotent; an undefined state removes.
 */
export interface ResourceKind<State> {
  readonly kind: string;
  read(host: HostReader, id: string): Promise<State | undefined>;
  write(host: Host, id: string, state: State | undefined, progress: Progress): Promise<void>;
  describe(step: Step<State>): { words: string; affects: Affected };
}
