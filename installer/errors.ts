/** Exit codes of the `homeroom` command; the table in DESIGN and README. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Changes pending (`plan`) or problems found (`doctor`). */
  pending: 2,
  usage: 64,
  locked: 75,
  notRoot: 77,
  invalidConfig: 78,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface ErrorDetails {
  /** What the person can type or do next, as whole sentences; several lines are fine. */
  remedy: string;
  /** How the command ends; 1 where nothing is said. */
  exitCode?: ExitCode;
  cause?: unknown;
}

/**
 * An error that the person can fix: it says what is wrong (message) and what to do next (remedy).
 * Anything else that reaches `cli/main.ts` is a bug and is printed with its stack.
 */
export class HomeroomError extends Error {
  readonly remedy: string;
  readonly exitCode: ExitCode;

  constructor(message: string, { remedy, exitCode = exitCodes.failed, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HomeroomError";
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

/** The command is another release's to do; nothing was done yet. `cli/main.ts` lets that one do it. */
export class OtherReleaseError extends HomeroomError {}
