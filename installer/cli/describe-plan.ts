import { kindOf } from "../resources/kinds.ts";
import type { Affected } from "../resources/resource.ts";
import type { Drift, Plan, PlannedStep } from "../plan/plan.ts";

/** A plan in words, one line a step, and then who notices. */
export function describePlan(plan: Plan): string {
  const lines = plan.steps.map((step) => `  ${mark(step)} ${kindOf(step.kind).describe(step).words}`);
  return [...lines, "", whoNotices(plan)].join("\n");
}

/** Who is interrupted, for how long. */
function whoNotices(plan: Plan): string {
  const affected = plan.steps.map((step) => kindOf(step.kind).describe(step).affects);
  const seconds = (who: Affected["who"]) =>
    Math.max(-1, ...affected.map((a) => (a.who === who && "seconds" in a ? a.seconds : -1)));
  const hub = seconds("hub");
  const door = seconds("front-door");
  const sentences = [
    ...(door >= 0 ? [`The address does not answer for about ${door} s.`] : []),
    ...(hub >= 0 ? [`Logins wait for about ${hub} s; running servers are not touched.`] : []),
  ];
  return sentences.length === 0 ? "Nobody is interrupted." : sentences.join("\n");
}

/** What somebody else changed, and the two ways on. */
export function describeDrift(drift: readonly Drift[]): string {
  const lines = drift.map(({ kind, id, how }) => {
    const what = how === "foreign" ? "was there before Homeroom" : "was changed by hand";
    return `  ${kind === "systemd-unit" ? "/etc/systemd/system/" : kind === "sudoers" ? "/etc/sudoers.d/" : ""}${id} ${what}`;
  });
  return [
    ...lines,
    "`homeroom apply --take` writes them anew (the changed text is kept in the journal);",
    "`homeroom apply --keep` leaves them.",
  ].join("\n");
}

function mark({ before, after }: PlannedStep): string {
  return before === undefined ? "+" : after === undefined ? "-" : "~";
}
