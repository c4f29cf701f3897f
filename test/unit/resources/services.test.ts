import { beforeEach, describe, expect, test } from "vitest";
import { proxy } from "../../../installer/resources/proxy.ts";
import { service } from "../../../installer/resources/service.ts";
import { socket } from "../../../installer/resources/socket.ts";
import { unitsLoaded } from "../../../installer/resources/units-loaded.ts";
import { FakeHost } from "../../fake-host.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const hub = "homeroom-hub.service";
const [a, b] = ["homeroom-proxy@a.service", "homeroom-proxy@b.service"];
const reset = (unit: string) => ["systemctl", "reset-failed", "--", unit];

type Shown = Record<string, Record<string, string | number>>;
let machine: FakeHost;
let shown: Shown;

/** systemd as `systemctl show` tells it; everything else succeeds. */
beforeEach(() => {
  shown = {};
  machine = new FakeHost(
    {},
    {
      journalctl: () => "line one\nline two\n",
      systemctl: ([verb, ...args]) => {
        if (verb !== "show") return "";
        const wanted = args.slice(args.indexOf("--") + 1);
        const names = wanted.includes("homeroom*") ? Object.keys(shown) : wanted;
        const block = (unit: string) =>
          [`Id=${unit}`, ...Object.entries(shown[unit] ?? {}).map(([key, value]) => `${key}=${value}`)].join(
            "\n",
          );
        return `${names.map(block).join("\n\n")}\n`;
      },
    },
  );
});

function runs(unit: string, pid: number, inputs?: string, more: Record<string, string | number> = {}): void {
  shown[unit] = { ActiveState: "active", MainPID: pid, ...more };
  machine.put(
    `/proc/${pid}/environ`,
    ["PATH=/bin", ...(inputs === undefined ? [] : [`HOMEROOM_INPUTS=${inputs}`]), "Z=1"].join("\0"),
  );
}

describe("a service", () => {
  test("tells by its own environment what it was started with; many are asked for at once", async () => {
    runs(hub, 41, "abc");
    runs("homeroom-culler.service", 42);
    shown["gone.service"] = { ActiveState: "failed", MainPID: 0 };
    const states = await service.readMany?.(machine, [hub, "homeroom-culler.service", "gone.service"]);
    expect([...(states ?? [])]).toEqual([
      [hub, { inputs: "abc" }],
      ["homeroom-culler.service", { inputs: "unknown" }],
    ]);
    expect(machine.queried).toEqual([
      [
        "systemctl",
        "show",
        "--no-pager",
        "--property=Id,LoadState,ActiveState,MainPID",
        "--",
        hub,
        "homeroom-culler.service",
        "gone.service",
      ],
    ]);
  });

  test.each(["active", "inactive"])(
    "that is masked and %s has something else in its place, and is never started",
    async (state) => {
      shown[hub] = { LoadState: "masked", ActiveState: state, MainPID: 41 };
      const is = await service.read(machine, hub);
      expect(is).toEqual({ instead: "link", target: "/dev/null" });
      await service.write(machine, hub, is, progress);
      expect(machine.ran).toEqual([["systemctl", "stop", "--", hub]]);
    },
  );

  test.each([
    ["active", true],
    ["activating", true],
    ["reloading", true],
    ["inactive", false],
    ["failed", false],
    ["deactivating", false],
  ])("that is %s", async (state, running) => {
    shown[hub] = { ActiveState: state, MainPID: 0 };
    expect((await service.read(machine, hub)) !== undefined).toBe(running);
  });

  test("is started or restarted with a clean slate, and stopped", async () => {
    await service.write(machine, hub, { inputs: "x" }, progress);
    await service.write(machine, hub, undefined, progress);
    expect(machine.ran).toEqual([
      reset(hub),
      ["systemctl", "restart", "--", hub],
      ["systemctl", "stop", "--", hub],
    ]);
  });

  test("that does not start tells its last words", async () => {
    machine.programs["systemctl"] = ([verb]) => ({ exitCode: verb === "restart" ? 1 : 0 });
    await expect(service.write(machine, hub, { inputs: "x" }, progress)).rejects.toMatchObject({
      message: `The service ${hub} did not start.`,
      remedy: `It said last:\nline one\nline two\n\nMore: journalctl -u ${hub}`,
    });
  });
});

describe("a socket", () => {
  test("tells what it listens on, as systemd writes it", async () => {
    shown["x.socket"] = { ActiveState: "active", Listen: "[::]:80 (Stream)" };
    shown["y.socket"] = { ActiveState: "inactive", Listen: "/run/y (Stream)" };
    const states = await socket.readMany?.(machine, ["x.socket", "y.socket"]);
    expect([...(states ?? [])]).toEqual([["x.socket", { listen: "[::]:80" }]]);
  });

  test("is exchanged while the services that hold it are stopped", async () => {
    shown["homeroom-proxy.socket"] = { ActiveState: "active", Triggers: a };
    await socket.write(machine, "homeroom-proxy.socket", { listen: "[::]:81" }, progress);
    expect(machine.ran).toEqual([
      ["systemctl", "stop", "--", "homeroom-proxy.socket", a],
      reset("homeroom-proxy.socket"),
      ["systemctl", "start", "--", "homeroom-proxy.socket"],
    ]);
  });

  test("that is not open is opened, or left alone", async () => {
    await socket.write(machine, "x.socket", undefined, progress);
    expect(machine.ran).toEqual([]);
    await socket.write(machine, "x.socket", { listen: "/run/x" }, progress);
    expect(machine.ran).toEqual([reset("x.socket"), ["systemctl", "start", "--", "x.socket"]]);
  });
});

describe("the proxy", () => {
  test("that does not run is started", async () => {
    expect(await proxy.read(machine, "homeroom-proxy")).toBeUndefined();
    await proxy.write(machine, "homeroom-proxy", { inputs: "1" }, progress);
    expect(machine.ran).toEqual([reset(a), ["systemctl", "start", "--", a]]);
  });

  test.each([
    [a, b],
    [b, a],
  ])("%s is exchanged for %s, which starts before the other stops", async (serving, next) => {
    runs(serving, 41, "old");
    shown[next] = { ActiveState: "inactive" };
    expect(await proxy.read(machine, "homeroom-proxy")).toEqual({ inputs: "old" });
    await proxy.write(machine, "homeroom-proxy", { inputs: "new" }, progress);
    expect(machine.ran).toEqual([
      reset(next),
      ["systemctl", "start", "--", next],
      ["systemctl", "stop", "--no-block", "--", serving],
    ]);
  });

  test("that still drains from the exchange before is ended first", async () => {
    runs(b, 42, "old");
    shown[a] = { ActiveState: "deactivating" };
    await proxy.write(machine, "homeroom-proxy", { inputs: "new" }, progress);
    expect(machine.ran[0]).toEqual(["systemctl", "kill", "--signal=SIGTERM", "--", a]);
    expect(machine.ran.at(-2)).toEqual(["systemctl", "start", "--", a]);
  });

  test("is the instance that came last, where both are up", async () => {
    runs(a, 41, "old", { ActiveEnterTimestampMonotonic: 900 });
    runs(b, 42, "new", { ActiveEnterTimestampMonotonic: 1000 });
    expect(await proxy.read(machine, "homeroom-proxy")).toEqual({ inputs: "new" });
  });

  test("is stopped whole", async () => {
    await proxy.write(machine, "homeroom-proxy", undefined, progress);
    expect(machine.ran).toEqual([["systemctl", "stop", "--", a, b]]);
  });
});

describe("the units that systemd has loaded", () => {
  test("are stale where any of ours is", async () => {
    shown = { [hub]: { NeedDaemonReload: "no" } };
    expect(await unitsLoaded.read(machine, "systemd")).toEqual({ fresh: true });
    shown["homeroom-culler.service"] = { LoadState: "masked", NeedDaemonReload: "yes" };
    expect(await unitsLoaded.read(machine, "systemd")).toEqual({ fresh: true });
    shown["homeroom.slice"] = { NeedDaemonReload: "yes" };
    expect(await unitsLoaded.read(machine, "systemd")).toEqual({ fresh: false });
    shown = {};
    expect(await unitsLoaded.read(machine, "systemd")).toEqual({ fresh: true });
  });

  test("are read anew by one reload", async () => {
    await unitsLoaded.write(machine, "systemd", { fresh: true }, progress);
    expect(machine.ran).toEqual([["systemctl", "daemon-reload"]]);
  });
});
