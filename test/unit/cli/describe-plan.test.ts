import { describe, expect, test } from "vitest";
import { describeDrift, describePlan } from "../../../installer/cli/describe-plan.ts";
import { groupOf, groupTitles } from "../../../installer/cli/step-groups.ts";
import type { PlannedStep } from "../../../installer/plan/plan.ts";
import { desiredFrom } from "../desired/tree-release.ts";

const step = (kind: string, id: string, before?: unknown, after?: unknown): PlannedStep => ({
  number: 0,
  kind,
  id,
  needs: [],
  uses: [],
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});
const plan = (...steps: PlannedStep[]) => ({ version: 1 as const, steps, drift: [] });

describe("a plan in words", () => {
  test("marks what comes, goes and changes, and says that nobody notices", () => {
    const state = { sha256: "0" };
    const text = describePlan(
      plan(
        step("file", "/etc/a", undefined, state),
        step("file", "/etc/b", state, state),
        step("systemd-unit", "c.service", state),
        step("account", "jupyter-ada", state),
      ),
    );
    expect(text.split("\n")).toEqual([
      "  + write /etc/a",
      "  ~ change /etc/b",
      "  - remove unit c.service",
      "  - close account jupyter-ada (its home stays)",
      "",
      "Nobody is interrupted.",
    ]);
  });

  test("says who waits, and for how long", () => {
    const inputs = { inputs: "x" };
    const door = step("socket", "homeroom-proxy.socket", { listen: "[::]:80" }, { listen: "[::]:81" });
    const hub = step("service", "homeroom-hub.service", inputs, inputs);
    expect(describePlan(plan(hub)).split("\n").at(-1)).toBe(
      "Logins wait for about 2 s; running servers are not touched.",
    );
    expect(describePlan(plan(door, hub))).toContain(
      "The address does not answer for about 1 s.\nLogins wait",
    );
    expect(describePlan(plan(step("proxy", "homeroom-proxy", inputs, inputs)))).toContain(
      "Nobody is interrupted.",
    );
  });

  test("tells what somebody else changed, by path, and the two ways on", () => {
    const text = describeDrift([
      { kind: "file", id: "/etc/a", how: "changed" },
      { kind: "systemd-unit", id: "b.service", how: "foreign" },
      { kind: "sudoers", id: "c", how: "changed" },
    ]);
    expect(text.split("\n").slice(0, 3)).toEqual([
      "  /etc/a was changed by hand",
      "  /etc/systemd/system/b.service was there before Homeroom",
      "  /etc/sudoers.d/c was changed by hand",
    ]);
    expect(text).toMatch(/--take[^]*--keep/);
  });
});

test("every step of a whole install has words for the plan and a line of the display", () => {
  const { resources } = desiredFrom("users: { admin: [teacher], extra_user_groups: { choir: [teacher] } }\n");
  const steps = resources.map(({ kind, id, state }) => step(kind, id, undefined, state));
  const words = describePlan(plan(...steps)).split("\n");
  expect(words.filter((line) => /undefined|\[object/.test(line))).toEqual([]);
  const used = new Set(steps.map(groupOf));
  const never = Object.keys(groupTitles).filter((group) => !used.has(group as keyof typeof groupTitles));
  expect(never).toEqual(["health"]);
  expect(groupOf(step("python-environment", "/opt/homeroom/hub/abc"))).toBe("hub");
  expect(groupOf(step("python-environment", "/opt/homeroom/environments/abc"))).toBe("environment");
});
