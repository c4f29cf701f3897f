import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Check, Finding, Subject } from "./check.ts";

export interface Examined {
  check: Check;
  findings: Finding[];
  /** How long it took. */
  milliseconds: number;
}

/** Runs checks side by side; one that cannot be carried out says so as a finding of its own and stops no other. */
export function runChecks(checks: readonly Check[], subject: Subject): Promise<Examined[]> {
  return Promise.all(
    checks.map(async (check) => {
      const began = performance.now();
      const findings = await check.examine(subject).catch((reason: unknown) => [couldNot(check, reason)]);
      return { check, findings, milliseconds: performance.now() - began };
    }),
  );
}

/**
 * Repairs what can be repaired by itself, in the order of the checks; an apply comes last and once.
 * @param apply makes the machine what the config says
 * @returns what a repair failed with, by the id of its check
 */
export async function repair(
  host: Host,
  examined: readonly Examined[],
  apply: () => Promise<void>,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  const attempt = async (id: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (reason) {
      failures.set(id, wordsOf(reason));
    }
  };
  const found = examined.filter(({ findings }) => findings.length > 0);
  for (const { check, findings } of found) {
    for (const finding of findings) await attempt(check.id, async () => check.fix?.repair?.(host, finding));
  }
  const applied = found.find(({ check }) => check.fix?.apply);
  if (applied !== undefined) await attempt(applied.check.id, apply);
  return failures;
}

function couldNot(check: Check, reason: unknown): Finding {
  return {
    severity: "warning",
    message: `${check.title} could not be checked: ${wordsOf(reason)}`,
    remedy: "Mend that first, then run `sudo homeroom doctor` again.",
  };
}

function wordsOf(reason: unknown): string {
  return reason instanceof HomeroomError ? `${reason.message} ${reason.remedy}` : String(reason);
}
