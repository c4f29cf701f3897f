import { beforeEach, describe, expect, test } from "vitest";
import { performRemoval } from "../../../installer/apply/perform-removal.ts";
import { performTask, type TaskEvents } from "../../../installer/apply/perform-task.ts";
import { unfinishedRemovals, writtenSince } from "../../../installer/apply/recover.ts";
import { StateBuilder } from "../../../installer/desired/state-builder.ts";
import { commitGeneration, currentGeneration } from "../../../installer/generations/generations.ts";
import { writtenResources } from "../../../installer/generations/written-resources.ts";
import { makePlan } from "../../../installer/plan/make-plan.ts";
import { refOf } from "../../../installer/resources/resource.ts";
import { settlePackages } from "../../../installer/uninstall/packages.ts";
import { commandPath, planRemoval } from "../../../installer/uninstall/removal-plan.ts";
import { removeTraces, stopServices } from "../../../installer/uninstall/remove-traces.ts";
import { FakeHost, type Program } from "../../fake-host.ts";
import { accountPrograms, FakeSystemd } from "../../fake-programs.ts";

const silent: TaskEvents = { step: () => undefined, said: () => undefined, phase: () => undefined };
const signal = new AbortController().signal;
const unit = "homeroom-hub.service";
const dpkgStatus = "/var/lib/dpkg/status";

let machine: FakeHost;
let systemd: FakeSystemd;
let bare: string[];
let serial = 0;

beforeEach(async () => {
  machine = new FakeHost(
    { "/etc/shadow": "", "/etc/sudoers.d/README": "", "/etc/systemd/system/multi-user.target.wants/x": "" },
    { ...accountPrograms, visudo: () => "", "apt-get": aptGet, dpkg: () => "" },
  );
  machine.putDirectory("/usr/local/bin");
  for (const path of ["/var/log", "/opt"]) machine.putDirectory(path);
  machine.put("/etc/shadow", "", { mode: 0o640 });
  machine.put(dpkgStatus, `${paragraph("base-files")}${paragraph("libneeded")}`);
  machine.put("/var/lib/apt/lists/debian_Packages", "");
  systemd = new FakeSystemd(machine);
  withPatterns(machine);
  bare = machine.manifest();
});

/** A class at work: one of everything that is installed, and what came without a plan. */
async function install(): Promise<void> {
  machine.putDirectory("/opt/homeroom");
  machine.put("/opt/homeroom/.packages", "libatomic1\n");
  machine.put(dpkgStatus, `${machine.text(dpkgStatus)}${paragraph("libatomic1")}`);
  machine.put(commandPath, "the command");
  const state = new StateBuilder();
  const git = state.add("apt-package", "git", { installed: true });
  const folder = state.directory("/etc/class", [git], { mode: "0755" });
  const file = state.file("/etc/class/list", "alice", [folder]);
  const link = state.add("link", "/etc/class/current", { target: "list" }, [file]);
  const group = state.add("group", "homeroom-admins", { exists: true });
  state.add("sudoers", "homeroom-admins", state.fileState("all", { mode: "0440" }), [group]);
  const loaded = state.add("units-loaded", "systemd", { fresh: true }, [
    state.unit(unit, "[Service]\nEnvironment=HOMEROOM_INPUTS=1\n"),
  ]);
  state.add("service", unit, { inputs: "1" }, [loaded, link]);
  const plan = await makePlan(machine, { desired: state.resources, lastWritten: [], drift: "take" });
  const written = new Set(plan.steps.map(({ kind, id }) => refOf(kind, id)));
  await performTask(machine, {
    task: { ...head("install"), plan },
    contents: state.contents,
    health: async () => undefined,
    commit: async () => {
      const resources = writtenResources(state.resources, written, [], plan.drift);
      const made = { version: 1 as const, number: 1, created: "", release: "1.0.0", task: "", who: "ada" };
      await commitGeneration(machine, { ...made, config: "", resources }, { config: "", roster: undefined });
      return 1;
    },
    events: silent,
    signal,
  });
  await machine.run([
    "useradd",
    "--home-dir",
    "/home/jupyter-alice",
    "--shell",
    "/bin/bash",
    "--",
    "jupyter-alice",
  ]);
  machine.put("/home/jupyter-alice/work.txt", "mine");
}

function head(command: string) {
  serial += 1;
  const id = `task-${String(serial).padStart(6, "0")}`;
  return { id, command, who: "ada", started: "2026-11-22T09:30:00.000Z", from: 0, changes: [] };
}

/** As the command does it; where the command is gone there is nothing to type. */
async function uninstall(purge: boolean): Promise<void> {
  if (machine.text(commandPath) === undefined) return;
  const from = (await currentGeneration(machine))?.number ?? 0;
  const written = [
    ...((await currentGeneration(machine))?.resources ?? []),
    ...(await writtenSince(machine, from)),
  ];
  const begun = await unfinishedRemovals(machine, from);
  if (begun.length > 0) await settlePackages(machine);
  const packagesIn = (plans: typeof begun) =>
    plans.flatMap(({ steps }) => steps.filter(({ kind }) => kind === "apt-package").map(({ id }) => id));
  const { plan, lastPackages } = await planRemoval(machine, written, packagesIn(begun));
  const packages = [...packagesIn([plan]), ...packagesIn(begun)];
  await stopServices(machine);
  await performRemoval(machine, {
    task: { ...head("uninstall"), from, forwardOnly: true, plan },
    events: silent,
    signal,
    afterwards: () => removeTraces(machine, { packages, lastPackages, purge }),
  });
}

describe.each([
  { kind: "fail", when: "before" },
  { kind: "fail", when: "after" },
  { kind: "kill", when: "before" },
  { kind: "kill", when: "after" },
] as const)("an uninstall with one change that does $kind, $when it is made", ({ kind, when }) => {
  test("is finished by the next one, at every change: the machine is what it was before", async () => {
    let at = 0;
    for (; ; at += 1) {
      await install();
      machine.inject({ at, kind, when });
      await uninstall(true).catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      // What the killed one began in systemd's hands ends there, at the latest when the machine boots.
      await machine.run(["systemctl", "start", "homeroom-uninstall.service"], { okCodes: [0, 5] });
      await uninstall(true);
      expect({ at, machine: picture() }).toEqual({ at, machine: bare });
      expect(systemd.running(machine)).toEqual([]);
      if (!struck) break;
      expect(at).toBeLessThan(200);
    }
    expect(at).toBeGreaterThan(30);
  });
});

test("without --purge homes stay, and their accounts are closed", async () => {
  await install();
  await uninstall(false);
  expect(machine.text("/home/jupyter-alice/work.txt")).toBe("mine");
  expect(machine.text("/etc/shadow")).toMatch(/^jupyter-alice:.*:1:$/m);
  const left = picture().filter((line) => !bare.includes(line));
  expect(left.filter((line) => !/^\/(home|etc\/(passwd|group|shadow))\b/.test(line))).toEqual([]);
});

test("a package that somebody else came to need stays, and what it stands on with it", async () => {
  await install();
  machine.put(dpkgStatus, `${machine.text(dpkgStatus)}${paragraph("git-cola")}`);
  const { plan } = await planRemoval(machine, (await currentGeneration(machine))?.resources ?? [], []);
  expect(plan.steps.filter(({ kind }) => kind === "apt-package")).toEqual([]);
});

/** Everything on the machine; logs of packages and empty folders that other programs leave are none of ours. */
function picture(): string[] {
  return machine.manifest(["/proc", "/home"]);
}

function paragraph(name: string, status = "install ok installed"): string {
  return `Package: ${name}\nStatus: ${status}\nVersion: 1\n\n`;
}

/** apt-get as far as git goes: it brings libneeded-by-git along, and git-cola needs it. */
const needs: Readonly<Record<string, readonly string[]>> = {
  git: ["libneeded-by-git"],
  "git-cola": ["git"],
};

function aptGet(args: readonly string[], host: FakeHost): string {
  const there = () =>
    [...(host.text(dpkgStatus) ?? "").matchAll(/^Package: (.+)$/gm)].map(([, name = ""]) => name);
  const names = args.includes("--") ? args.slice(args.indexOf("--") + 1) : [];
  if (args.includes("install")) {
    const wanted = names.flatMap((name) => [name, ...(needs[name] ?? [])]);
    const missing = wanted.filter((name) => !there().includes(name));
    host.put(dpkgStatus, `${host.text(dpkgStatus)}${missing.map((name) => paragraph(name)).join("")}`);
    return "";
  }
  const gone = new Set(names.filter((name) => there().includes(name)));
  for (const name of there()) if (needs[name]?.some((needed) => gone.has(needed))) gone.add(name);
  if (args.includes("--auto-remove") || args.includes("autoremove")) {
    const left = there().filter((name) => !gone.has(name));
    for (const name of left) {
      const needed = left.some((other) => needs[other]?.includes(name));
      if (name === "libneeded-by-git" && !needed) gone.add(name);
    }
  }
  if (args.includes("--simulate")) return [...gone].map((name) => `Purg ${name} [1]\n`).join("");
  for (const name of gone) {
    host.put(dpkgStatus, (host.text(dpkgStatus) ?? "").replace(paragraph(name), ""));
  }
  return "";
}

/** systemctl(1) as the uninstall uses it: patterns, and a unit whose lines are carried out. */
function withPatterns(host: FakeHost): void {
  const plain = host.programs["systemctl"] as Program;
  host.programs["systemctl"] = (args, on, options) => {
    if (args[0] === "stop" && args.some((name) => name.includes("*")))
      return plain(["stop", "--", unit], on, options);
    if (args[0] !== "start" || args[1] !== "homeroom-uninstall.service") return plain(args, on, options);
    const text = on.text("/etc/systemd/system/homeroom-uninstall.service");
    if (text === undefined) return { exitCode: 5 };
    for (const [, line = ""] of text.matchAll(/^ExecStart=-?(.+)$/gm)) {
      const [program = "", ...words] = line.split(" ");
      if (program === "/usr/bin/apt-get") aptGet(words, on);
      else for (const path of words.slice(words.indexOf("--") + 1)) on.take(path);
    }
    return "";
  };
}
