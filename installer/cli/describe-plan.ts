import { kindOf } from "../resources/kinds.ts";
import type { Affected } from "../resources/resource.ts";
import type { Drift, Plan, PlannedStep } from "../plan/plan.ts";
import { accountName } from "../desired/account-name.ts";
import type { Audience } from "./audience.ts";

/** More steps than these are counted. */
const mostSteps = 40;

/** A plan in words: what a person asked for, one line a step, and then who notices. */
export function describePlan(plan: Plan, audience: Audience): string {
  const lines = plan.steps.map((step) => `  ${mark(step)} ${kindOf(step.kind).describe(step).words}`);
  const more = lines.length - mostSteps;
  return [
    ...audience.changes.map((change) => `  ${change}`),
    ...(audience.changes.length === 0 ? [] : [""]),
    ...lines.slice(0, mostSteps),
    ...(more > 0 ? [`  and ${more} more: \`homeroom plan --json\` lists all`] : []),
    "",
    ...whoNotices(plan, audience),
  ].join("\n");
}

/** Who is interrupted, for how long, and what changes for those who are at work; a sentence each. */
export function whoNotices({ steps }: Plan, { running, waitsForNextStart, stopped }: Audience): string[] {
  const affected = steps.map((step) => kindOf(step.kind).describe(step).affects);
  const seconds = (who: Affected["who"]) =>
    Math.max(-1, ...affected.map((a) => (a.who === who && "seconds" in a ? a.seconds : -1)));
  const [hub, door] = [seconds("hub"), seconds("front-door")];
  const limited = steps.filter(({ kind }) => kind === "user-slice").length;
  const held = steps.filter(({ kind, after }) => kind === "held-limit" && after !== undefined).length;
  const shutOut = new Set(stopped.map((name) => accountName(name)));
  const ended = new Set(affected.flatMap((a) => (a.who === "person" ? [a.account] : [])));
  const lessened = running.filter((account) => ended.has(account) && !shutOut.has(account));
  const servers = running.length;
  const others = servers - stopped.length - lessened.length;
  const waiting = waitsForNextStart || affected.some(({ who }) => who === "new-servers") ? others : 0;
  const interruptions = [
    ...(door >= 0 ? [`The address does not answer for about ${door} s.`] : []),
    ...(hub >= 0 ? [`The hub page waits for about ${hub} s; ${counted(others, "go", "goes")} on.`] : []),
    ...stoppedWords(stopped, "who may not log in has none"),
    ...stoppedWords(lessened, "what it was started with is taken away"),
  ];
  return [
    ...(interruptions.length === 0 ? ["Nobody is interrupted."] : interruptions),
    // A slice may be there still whose server has ended.
    ...about(Math.min(limited, servers), "get", "gets", "the new limits at once."),
    ...about(held, "keep", "keeps", "the old memory limit until the next start."),
    ...about(waiting, "keep", "keeps", "what was there until the next start."),
  ];
}

function about(count: number, plural: string, singular: string, words: string): string[] {
  return count === 0 ? [] : [`${counted(count, plural, singular)} ${words}`];
}

function counted(count: number, plural: string, singular: string): string {
  return count === 1 ? `1 running server ${singular}` : `${count} running servers ${plural}`;
}

function stoppedWords(names: readonly string[], why: string): string[] {
  if (names.length === 0) return [];
  const [only] = names;
  if (names.length === 1) return [`The running server of ${only} is stopped: ${why}.`];
  const most = names.slice(0, mostSteps).join(", ");
  const more = names.length > mostSteps ? ` and ${names.length - mostSteps} more` : "";
  return [`${names.length} running servers are stopped (${why}): ${most}${more}.`];
}

/** What somebody else changed, and the two ways on. */
export function describeDrift(drift: readonly Drift[]): string {
  // A service that is masked is told by its unit's file.
  const files = drift.filter(({ kind }) => kind !== "service");
  const lines = files.map(({ kind, id, how }) => {
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
