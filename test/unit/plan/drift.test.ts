import { beforeEach, describe, expect, test } from "vitest";
import { makePlan } from "../../../installer/plan/make-plan.ts";
import { undoPlan } from "../../../installer/plan/undo-plan.ts";
import { StateBuilder } from "../../../installer/desired/state-builder.ts";
import { hashOf } from "../../../installer/resources/hash.ts";
import { refOf, type Resource } from "../../../installer/resources/resource.ts";
import { FakeHost } from "../../fake-host.ts";

let machine: FakeHost;
beforeEach(() => {
  machine = new FakeHost({}, { systemctl: () => "" });
});

const path = "/etc/class";
const fileOf = (text: string, adopted?: true): Resource => ({
  kind: "file",
  id: path,
  state: { sha256: hashOf(text), mode: "0644", owner: "root", group: "root" },
  needs: [],
  ...(adopted && { adopted }),
});
const textOf = (state: unknown) =>
  ["ours", "new", "theirs"].find(
    (text) => hashOf(text) === (state as { sha256?: string } | undefined)?.sha256,
  );

/** Every way in which a file that people edit can be wanted, there, and last written. */
describe.each(["keep", "take"] as const)("a file, when drift is to %s", (drift) => {
  test.each([
    // want, is, last, drift, what is done with it when it is taken
    ["ours", undefined, undefined, undefined, "write ours"],
    ["ours", "ours", undefined, undefined, undefined],
    ["ours", "theirs", undefined, "foreign", "write ours"],
    ["ours", undefined, "ours", undefined, "write ours"],
    ["ours", "ours", "ours", undefined, undefined],
    ["ours", "theirs", "ours", "changed", "write ours"],
    ["new", undefined, "ours", undefined, "write new"],
    ["new", "ours", "ours", undefined, "write new"],
    ["new", "new", "ours", undefined, undefined],
    ["new", "theirs", "ours", "changed", "write new"],
    [undefined, undefined, "ours", undefined, undefined],
    [undefined, "ours", "ours", undefined, "remove"],
    [undefined, "theirs", "ours", "changed", "remove"],
    [undefined, "theirs", undefined, undefined, undefined],
  ] as const)("wanted %s, is %s, last written %s", async (want, is, last, how, done) => {
    if (is !== undefined) machine.put(path, is);
    const plan = await makePlan(machine, {
      desired: want === undefined ? [] : [fileOf(want)],
      lastWritten: last === undefined ? [] : [fileOf(last)],
      drift,
    });
    expect(plan.drift).toEqual(how === undefined ? [] : [{ kind: "file", id: path, how }]);
    const expected = drift === "keep" && how !== undefined ? undefined : done;
    const words = plan.steps.map(({ after }) => (after === undefined ? "remove" : `write ${textOf(after)}`));
    expect(words).toEqual(expected === undefined ? [] : [expected]);
    for (const step of plan.steps) expect(textOf(step.before)).toBe(is);
    expect(machine.changes).toEqual([]);
  });
});

test("a link in place of a file of ours is drift: an admin's own, or systemd's mask", async () => {
  machine.put("/dev/null", "");
  machine.putLink(path, "/dev/null");
  const planned = (drift: "keep" | "take") =>
    makePlan(machine, { desired: [fileOf("ours")], lastWritten: [fileOf("ours")], drift });
  const changed = [{ kind: "file", id: path, how: "changed" }];
  expect(await planned("keep")).toMatchObject({ steps: [], drift: changed });
  const before = { instead: "link", target: "/dev/null" };
  expect(await planned("take")).toMatchObject({ steps: [{ id: path, before }], drift: changed });
});

test("so is a directory of ours that was moved elsewhere; one with other rights is put right", async () => {
  const directory = { kind: "directory", id: "/srv/class", needs: [] };
  const rights = { mode: "0755", owner: "root", group: "root" };
  const wanted = [{ ...directory, state: rights }];
  const planned = () => makePlan(machine, { desired: wanted, lastWritten: wanted, drift: "keep" });
  machine.putLink("/srv/class", "/mnt/class");
  expect(await planned()).toMatchObject({ steps: [], drift: [{ id: "/srv/class", how: "changed" }] });
  machine.putDirectory("/srv/class", { mode: 0o700 });
  expect(await planned()).toMatchObject({ steps: [{ id: "/srv/class" }], drift: [] });
});

test("what was there before us stays when nobody wants it any more", async () => {
  machine.put(path, "ours");
  const plan = await makePlan(machine, { desired: [], lastWritten: [fileOf("ours", true)], drift: "take" });
  expect(plan.steps).toEqual([]);
});

test.each(["apt-package", "python-environment", "wheel-program", "system-account", "system-group"])(
  "a %s is never removed: earlier generations may still need it",
  async (kind) => {
    const [id, state] = [kind === "system-group" ? "root" : "/x/uv", { exists: true }];
    machine.put("/x/wheel.json", "{}");
    machine.put("/x/uv", "");
    const plan = await makePlan(machine, {
      desired: [],
      lastWritten: [{ kind, id, state, needs: [] }],
      drift: "take",
    });
    expect(plan.steps).toEqual([]);
    const step = { number: 0, kind, id, after: state, needs: [], uses: [] };
    expect(undoPlan([step]).steps).toEqual([]);
  },
);

test("what was made in another way is the same thing", async () => {
  const state = { wheel: "uv.whl", sha256: "00" };
  machine.put("/x/uv", "");
  machine.put("/x/wheel.json", JSON.stringify({ ...state, wheels: "/mnt/wheels" }));
  const resource = (sha256: string) => ({
    kind: "wheel-program",
    id: "/x/uv",
    state: { ...state, sha256 },
    needs: [],
  });
  const planned = async (sha256: string) =>
    (await makePlan(machine, { desired: [resource(sha256)], lastWritten: [], drift: "keep" })).steps.length;
  expect([await planned("00"), await planned("11")]).toEqual([0, 1]);
});

test("many of a kind are asked for at once: one process, one read of a file", async () => {
  const state = new StateBuilder();
  for (let n = 0; n < 50; n += 1) {
    state.add("service", `s${n}.service`, { inputs: "x" });
    state.add("socket", `s${n}.socket`, { listen: "/s" });
    state.add("apt-package", `p${n}`, { installed: true });
    state.add("account", `jupyter-s${n}`, { home: "/", shell: "/bin/sh" });
  }
  await makePlan(machine, { desired: state.resources, lastWritten: [], drift: "keep" });
  expect(machine.queried).toHaveLength(2);
  expect(machine.reads.toSorted()).toEqual([
    "/etc/group",
    "/etc/passwd",
    "/etc/shadow",
    "/var/lib/dpkg/status",
  ]);
});

test("systemd reads the units where one changed, or where somebody forgot to let it", async () => {
  const planned = async (unit: string) => {
    const state = new StateBuilder();
    const ref = state.unit("homeroom.slice", unit);
    state.add("units-loaded", "systemd", { fresh: true }, [ref]);
    state.file("/etc/other", "x");
    const { steps } = await makePlan(machine, { desired: state.resources, lastWritten: [], drift: "take" });
    return steps.map(({ kind }) => kind).toSorted();
  };
  machine.put("/etc/other", "x");
  machine.put("/etc/systemd/system/homeroom.slice", "[Slice]\n");
  expect(await planned("[Slice]\n")).toEqual([]);
  expect(await planned("[Slice]\nCPUWeight=1\n")).toEqual(["systemd-unit", "units-loaded"]);
  machine.programs["systemctl"] = () => "Id=homeroom.slice\nNeedDaemonReload=yes\n";
  expect(await planned("[Slice]\n")).toEqual(["units-loaded"]);
});

test("a reload is taken back by another one, after the units", () => {
  const unit = {
    number: 0,
    kind: "systemd-unit",
    id: "a.service",
    after: { sha256: "0" },
    needs: [],
    uses: [],
  };
  const loaded = {
    number: 1,
    kind: "units-loaded",
    id: "systemd",
    before: { fresh: true },
    after: { fresh: true },
    needs: [0],
    uses: [refOf("systemd-unit", "a.service")],
  };
  expect(undoPlan([unit, loaded]).steps.map(({ kind }) => kind)).toEqual(["systemd-unit", "units-loaded"]);
});

test("taking back keeps the order through what stays", () => {
  const step = (number: number, kind: string, id: string, uses: string[]) => ({
    number,
    kind,
    id,
    after: {},
    needs: [],
    uses,
  });
  const steps = [
    step(0, "directory", "/opt/a", []),
    step(1, "python-environment", "/opt/a/b", ["directory:/opt/a"]),
    step(2, "link", "/opt/b", ["python-environment:/opt/a/b"]),
  ];
  expect(undoPlan(steps).steps.map(({ id }) => id)).toEqual(["/opt/b", "/opt/a"]);
});
