import { describe, expect, test } from "vitest";
import { runSteps, type StepEvents } from "../../../installer/apply/run-steps.ts";
import type { PlannedStep } from "../../../installer/plan/plan.ts";
import { FakeHost, type Program } from "../../fake-host.ts";
import { accountPrograms } from "../../fake-programs.ts";

const dpkg = "/var/lib/dpkg/status";

/** apt-get that installs whatever it is asked for. */
const aptGet: Program = (args, machine) => {
  const names = args.slice(args.indexOf("--") + 1);
  const paragraphs = names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n\n`);
  machine.put(dpkg, (machine.text(dpkg) ?? "") + paragraphs.join(""));
  return "Setting up\n";
};

function makeMachine(): FakeHost {
  const files = { "/etc/shadow": "", "/var/lib/apt/lists/main_Packages": "", [dpkg]: "" };
  return new FakeHost(files, { ...accountPrograms, "apt-get": aptGet });
}

function step(number: number, kind: string, id: string, after: unknown, needs: number[] = []): PlannedStep {
  return { number, kind, id, needs, uses: [], ...(after === undefined ? {} : { after }) };
}

/** Remembers what happened, in order, and lets a test step in. */
function recorder(onStart: (step: PlannedStep) => void | Promise<void> = () => undefined) {
  const happened: string[] = [];
  const events: StepEvents = {
    async started(step) {
      await onStart(step);
      happened.push(`started ${step.id}`);
    },
    async completed(step) {
      happened.push(`completed ${step.id}`);
    },
    async failed(step) {
      happened.push(`failed ${step.id}`);
    },
    said: (step, line) => happened.push(`${step.id} said ${line}`),
  };
  return { happened, events };
}

const never = () => new AbortController().signal;

describe("steps", () => {
  test("are announced before they do anything, and done when they are checked", async () => {
    const machine = makeMachine();
    const seen: (number | undefined)[] = [];
    const { happened, events } = recorder(() => void seen.push(machine.changes.length));
    await runSteps(machine, [step(0, "link", "/a", { target: "b" })], { events, signal: never() });
    expect([seen, happened, machine.changes]).toEqual([[0], ["started /a", "completed /a"], ["link /a"]]);
  });

  test("that cannot be announced do nothing", async () => {
    const machine = makeMachine();
    const { happened, events } = recorder(() => Promise.reject(new Error("disk full")));
    const steps = [step(0, "link", "/a", { target: "b" })];
    await expect(runSteps(machine, steps, { events, signal: never() })).rejects.toThrow("disk full");
    expect([happened, machine.changes]).toEqual([["failed /a"], []]);
  });

  test("of packages go together, in one run of apt-get", async () => {
    const machine = makeMachine();
    const { events } = recorder();
    const steps = ["git", "sudo", "dbus"].map((name, n) => step(n, "apt-package", name, { installed: true }));
    await runSteps(machine, steps, { events, signal: never() });
    expect(machine.ran.map((argv) => argv.slice(argv.indexOf("install")))).toEqual([
      ["install", "--", "git", "sudo", "dbus"],
    ]);
  });

  test("that share a lock of the system come one after the other; the others side by side", async () => {
    const machine = makeMachine();
    let atWork = 0;
    let most = 0;
    const run = machine.run.bind(machine);
    machine.run = async (...args) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setTimeout(resolve, 1));
      const result = await run(...args);
      atWork -= 1;
      return result;
    };
    const { events } = recorder();
    const accounts = ["a", "b", "c"].map((name, n) => step(n, "system-group", name, { exists: true }));
    await runSteps(machine, accounts, { events, signal: never() });
    expect(most).toBe(1);
    const mixed = [
      step(0, "system-group", "d", { exists: true }),
      step(1, "apt-package", "git", { installed: true }),
    ];
    await runSteps(machine, mixed, { events, signal: never() });
    expect(most).toBe(2);
  });

  test("wait for what they need and for nothing else", async () => {
    const machine = makeMachine();
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { happened, events } = recorder((step) => {
      if (step.id === "/free") open();
      return step.id === "/slow" ? gate : undefined;
    });
    const steps = [
      step(0, "link", "/slow", { target: "x" }),
      step(1, "link", "/needy", { target: "x" }, [0]),
      step(2, "link", "/free", { target: "x" }),
    ];
    await runSteps(machine, steps, { events, signal: never() });
    expect(happened.indexOf("completed /free")).toBeLessThan(happened.indexOf("started /needy"));
    expect(happened.indexOf("completed /slow")).toBeLessThan(happened.indexOf("started /needy"));
  });

  test("stop between two of them when they are cancelled", async () => {
    const machine = makeMachine();
    const controller = new AbortController();
    const { happened, events } = recorder(() => controller.abort());
    const steps = [step(0, "link", "/a", { target: "x" }), step(1, "link", "/b", { target: "x" }, [0])];
    await expect(runSteps(machine, steps, { events, signal: controller.signal })).rejects.toMatchObject({
      message: "Cancelled between two steps.",
      exitCode: 130,
    });
    expect(happened).toEqual(["started /a", "completed /a"]);
  });

  test("that fail keep the rest from starting, and the first error is told", async () => {
    const machine = makeMachine();
    const { happened, events } = recorder();
    const steps = [
      step(0, "link", "/no/such/folder", { target: "x" }),
      step(1, "link", "/b", { target: "x" }, [0]),
    ];
    await expect(runSteps(machine, steps, { events, signal: never() })).rejects.toThrow("ENOENT");
    expect(happened).toEqual(["started /no/such/folder", "failed /no/such/folder"]);
  });

  test("of an undo go on past failures, and every error is told", async () => {
    const machine = makeMachine();
    const { happened, events } = recorder();
    const steps = [
      step(0, "link", "/no/a", { target: "x" }),
      step(1, "link", "/no/b", { target: "x" }),
      step(2, "link", "/c", { target: "x" }, [0, 1]),
    ];
    const running = runSteps(machine, steps, { events, signal: never(), keepGoing: true });
    await expect(running).rejects.toMatchObject({
      errors: [expect.objectContaining({ code: "ENOENT" }), expect.objectContaining({ code: "ENOENT" })],
    });
    expect(happened).toContain("completed /c");
  });

  test("that give back a service that told no inputs are done when it runs", async () => {
    const machine = makeMachine();
    machine.programs["systemctl"] = ([verb]) =>
      verb === "show" ? "Id=hub.service\nActiveState=active\nMainPID=7\n" : "";
    machine.put("/proc/7/environ", "HOMEROOM_INPUTS=abc\0");
    const { happened, events } = recorder();
    const given = (inputs: string) =>
      runSteps(machine, [step(0, "service", "hub.service", { inputs })], { events, signal: never() });
    await given("unknown");
    expect(happened).toEqual(["started hub.service", "completed hub.service"]);
    await expect(given("xyz")).rejects.toThrow("is not as it should be");
  });

  test("are read again after they were written; what is not as it should be is no success", async () => {
    const machine = makeMachine();
    machine.programs["groupadd"] = () => "";
    const { happened, events } = recorder();
    const steps = [step(0, "group", "choir", { exists: true })];
    await expect(runSteps(machine, steps, { events, signal: never() })).rejects.toMatchObject({
      message: "group choir is not as it should be after the step that wrote it.",
      remedy: expect.stringContaining("is not there") as string,
    });
    expect(happened).toEqual(["started choir", "failed choir"]);
  });
});
