import { describe, expect, test } from "vitest";
import type { Audience } from "../../../installer/cli/audience.ts";
import { describeDrift, describePlan, whoNotices } from "../../../installer/cli/describe-plan.ts";
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
const nobody: Audience = { running: [], changes: [], waitsForNextStart: false, stopped: [] };
const servers = (count: number) => ["jupyter-ada", "jupyter-bob", "jupyter-eve"].slice(0, count);
const plan = (...steps: PlannedStep[]) => ({ version: 1 as const, steps, drift: [] });

describe("a plan in words", () => {
  test("marks what comes, goes and changes, and says that nobody notices", () => {
    const state = { sha256: "0" };
    const text = describePlan(
      plan(
        step("file", "/etc/a", undefined, state),
        step("file", "/etc/b", state, state),
        step("systemd-unit", "c.service", state),
        step("account", "jupyter-ada", undefined, state),
      ),
      nobody,
    );
    expect(text.split("\n")).toEqual([
      "  + write /etc/a",
      "  ~ change /etc/b",
      "  - remove unit c.service",
      "  + make account jupyter-ada",
      "",
      "Nobody is interrupted.",
    ]);
  });

  test("says whose server is ended", () => {
    const text = describePlan(
      plan(
        step("closed-account", "jupyter-ada", undefined, { why: "banned" }),
        step("membership", "choir:jupyter-bob", { member: true }),
        step("closed-account", "jupyter-eve", { why: "removed" }),
        step("closed-account", "jupyter-fay", undefined, { why: "banned" }),
      ),
      { ...nobody, running: servers(3), stopped: ["ada"] },
    );
    expect(text.split("\n")).toEqual([
      "  + close account jupyter-ada and end its server",
      "  - take jupyter-bob out of choir and end its server",
      "  - open account jupyter-eve again, with the home it had",
      "  + close account jupyter-fay and end its server",
      "",
      "The running server of ada is stopped: who may not log in has none.",
      "The running server of jupyter-bob is stopped: what it was started with is taken away.",
    ]);
  });

  const inputs = { inputs: "x" };
  const hub = step("service", "homeroom-hub.service", inputs, inputs);
  const door = step("socket", "homeroom-proxy.socket", { listen: "[::]:80" }, { listen: "[::]:81" });
  const slice = (name: string) => step("user-slice", `homeroom-users-${name}.slice`, {}, {});
  const held = step("held-limit", "homeroom-users-bob.slice", undefined, {});
  const unit = step("systemd-unit", "homeroom-user@.service", {}, {});

  test("begins with what was asked for", () => {
    const changes = ["limits.memory 1G -> 2G", "users.allowed +alice"];
    expect(
      describePlan(plan(hub), { ...nobody, changes })
        .split("\n")
        .slice(0, 4),
    ).toEqual(["  limits.memory 1G -> 2G", "  users.allowed +alice", "", "  ~ restart homeroom-hub.service"]);
  });

  test("counts steps where there are very many", () => {
    const steps = Array.from({ length: 5000 }, (_, n) => step("account", `jupyter-p${n}`, undefined, {}));
    const lines = describePlan(plan(...steps), nobody).split("\n");
    expect(lines).toHaveLength(43);
    expect(lines[40]).toContain("4960 more");
  });

  test.each<[string, PlannedStep[], Partial<Audience>, string[]]>([
    ["the hub", [hub], {}, ["The hub page waits for about 2 s; 0 running servers go on."]],
    [
      "the hub in class",
      [hub],
      { running: servers(3) },
      ["The hub page waits for about 2 s; 3 running servers go on."],
    ],
    [
      "the front door",
      [door, hub],
      { running: servers(1) },
      [
        "The address does not answer for about 1 s.",
        "The hub page waits for about 2 s; 1 running server goes on.",
      ],
    ],
    [
      "the proxy's exchange",
      [step("proxy", "homeroom-proxy", inputs, inputs)],
      {},
      ["Nobody is interrupted."],
    ],
    [
      "limits",
      [slice("ada"), slice("bob"), held],
      { running: servers(2) },
      [
        "Nobody is interrupted.",
        "2 running servers get the new limits at once.",
        "1 running server keeps the old memory limit until the next start.",
      ],
    ],
    ["limits of a server that has ended", [slice("ada")], {}, ["Nobody is interrupted."]],
    [
      "what counts from the next start",
      [step("file", "/x", {}, {})],
      { running: servers(3), waitsForNextStart: true },
      ["Nobody is interrupted.", "3 running servers keep what was there until the next start."],
    ],
    [
      "the units of servers",
      [unit],
      { running: servers(1) },
      ["Nobody is interrupted.", "1 running server keeps what was there until the next start."],
    ],
    ["the units of servers, nobody there", [unit], {}, ["Nobody is interrupted."]],
    [
      "somebody who is taken off",
      [],
      { running: servers(2), stopped: ["bob"] },
      ["The running server of bob is stopped: who may not log in has none."],
    ],
    [
      "several",
      [],
      { running: servers(2), stopped: ["ada", "bob"] },
      ["2 running servers are stopped (who may not log in has none): ada, bob."],
    ],
  ])("says who notices %s", (_, steps, audience, words) => {
    expect(whoNotices(plan(...steps), { ...nobody, ...audience })).toEqual(words);
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
  const { resources } = desiredFrom(
    "users: { admin: [teacher], extra_user_groups: { choir: [teacher] } }\n" +
      "https: { enabled: true, letsencrypt: { email: t@school.example, domains: [hub.school.example] } }\n",
  );
  const steps = resources.map(({ kind, id, state }) => step(kind, id, undefined, state));
  const words = steps.flatMap((each) => describePlan(plan(each), nobody).split("\n"));
  expect(words.filter((line) => /undefined|\[object/.test(line))).toEqual([]);
  const used = new Set(steps.map(groupOf));
  const never = Object.keys(groupTitles).filter((group) => !used.has(group as keyof typeof groupTitles));
  // A check is no step, and only an admin's own configuration is tried.
  expect(never).toEqual(["trial", "health"]);
  expect(groupOf(step("hub-trial", "/etc/homeroom/jupyterhub_config.d"))).toBe("trial");
  expect(groupOf(step("python-environment", "/opt/homeroom/hub/abc"))).toBe("hub");
  expect(groupOf(step("python-environment", "/opt/homeroom/environments/abc"))).toBe("environment");
});
