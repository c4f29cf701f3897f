import * as fc from "fast-check";

/** The input that breaks a property, in words; undefined where none of so many does. */
export function counterexample(property: fc.IRawProperty<unknown, false>, numRuns = 500): string | undefined {
  const details = fc.check(property, { numRuns, ...fc.readConfigureGlobal() });
  return details.failed ? fc.defaultReportMessage(details) : undefined;
}
