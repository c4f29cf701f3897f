import type { Host, HostReader } from "../host/host.ts";

/** Who notices a change, for the plan in words. */
export type Affected =
  | { who: "nobody" }
  | { who: "hub"; seconds: number }
  | { who: "new-servers" }
  /** One person's server is ended. */
  | { who: "person"; account: string }
  | { who: "front-door"; seconds: number };

/** Number of a step within its plan, from 0. */
export type StepNumber = number;

/** Names one resource: "file:/etc/sudoers.d/homeroom". */
export type ResourceRef = string;

export function refOf(kind: string, id: string): ResourceRef {
  return `${kind}:${id}`;
}

/** One thing that the desired state asks for. */
export interface Resource<State = unknown> {
  kind: string;
  id: string;
  state: State;
  /** What has to be right before this can be: a service needs its unit file and its account. */
  needs: ResourceRef[];
  /** In a manifest: it was there before us, so it is not ours to remove. */
  adopted?: true;
}

/** One change of a plan, as data: to run it is to write `after`, to undo it is to write `before`. */
export interface Step<State = unknown> {
  number: StepNumber;
  kind: string;
  id: string;
  before?: State;
  after?: State;
  /** Steps that have to be completed before this one starts. */
  needs: StepNumber[];
}

export interface Change<State> {
  id: string;
  state: State | undefined;
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
  /** Reads many at once where that is one process or one file instead of many. */
  readMany?(host: HostReader, ids: readonly string[]): Promise<Map<string, State>>;
  /** Writes steps that became ready together at once, where one process serves them all (apt). */
  writeMany?(host: Host, changes: readonly Change<State>[], progress: Progress): Promise<void>;
  /** Keeps what `write` is about to replace, so that it can be written again. */
  preserve?(host: Host, id: string): Promise<void>;
  /** Whether what is there will do, where states also say how a thing is made; else they have to be equal. */
  isSame?(is: State, wanted: State): boolean;
  /** The file or link that a resource is, for kinds that write one: what a kill leaves half-written lies beside it. */
  pathOf?(id: string): string;
  /** People edit these by hand: a change that is not ours is drift and is asked about. */
  readonly editedByHand?: true;
  /**
   * Built beside what is in use and used by nobody until something else points to it: undo leaves it, so
   * that the same task run again is quick.
   */
  readonly inert?: true;
  /** Asked for once it is ours to take back, also where it was there before (homeroom-account@ made it). */
  readonly alwaysOurs?: true;
  /** It is written again whenever something that it needs was. */
  readonly followsNeeds?: true;
  /** Steps of kinds with the same word here never run side by side (passwd and dpkg have one lock each). */
  readonly exclusive?: string;
  describe(step: Step<State>): { words: string; affects: Affected };
}
