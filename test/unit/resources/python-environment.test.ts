import { beforeEach, describe, expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { keepBlob } from "../../../installer/resources/blobs.ts";
import { hashOf } from "../../../installer/resources/hash.ts";
import {
  pythonEnvironment,
  type PythonEnvironmentState,
} from "../../../installer/resources/python-environment.ts";
import { FakeHost } from "../../fake-host.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const uv = "/opt/homeroom/runtimes/uv-1/uv";
const hub = "/opt/homeroom/hub/abc";
const shared = "/opt/homeroom/environments/def";
const stamp = (path: string) => `/var/lib/homeroom/environments/${path.slice(1).replaceAll("/", "-")}.json`;

let machine: FakeHost;
let lock: string;

beforeEach(async () => {
  machine = new FakeHost({
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nhomeroom-env:x:500:500::/nonexistent:/bin/false\n",
    "/etc/group": "root:x:0:\nhomeroom-env:x:500:\nhomeroom-admins:x:600:\n",
  });
  for (const path of [
    "/opt/homeroom/hub",
    "/opt/homeroom/environments",
    "/var/cache/homeroom",
    "/var/lib/homeroom/environments",
    "/var/lib/homeroom/blobs",
  ]) {
    machine.putDirectory(path);
  }
  machine.programs[uv] = ([verb, ...args], m) => {
    if (verb === "venv") m.put(`${args.at(-1)}/bin/python`, "");
    return "";
  };
  machine.programs["chmod"] = machine.programs["find"] = () => "";
  machine.programs[`${shared}/bin/python`] = () => "";
  lock = await keepBlob(machine, "jupyterlab==4 --hash=sha256:00\n");
  machine.inject(undefined);
});

const hubState = (): PythonEnvironmentState => ({ lock, python: "3.11", owner: "root", group: "root", uv });
const sharedState = (): PythonEnvironmentState => ({
  ...hubState(),
  owner: "homeroom-env",
  group: "homeroom-admins",
  afterwards: "/release/after.py",
});

async function build(path: string, state: PythonEnvironmentState): Promise<void> {
  await pythonEnvironment.write(machine, path, state, progress);
}

describe("the hub's environment", () => {
  test("is built from the lock with its hashes, and never from source", async () => {
    await build(hub, hubState());
    expect(machine.ran).toEqual([
      [uv, "venv", "--quiet", "--allow-existing", "--python", "/usr/bin/python3", hub],
      `${uv} pip sync --quiet --require-hashes --no-build --python ${hub}/bin/python --offline /var/cache/homeroom/root/${lock}.txt`.split(
        " ",
      ),
    ]);
    expect(machine.ranWith.map(({ as, cwd }) => [as, cwd])).toEqual([
      [undefined, hub],
      [undefined, hub],
    ]);
    expect(machine.ranWith[0]?.env).toMatchObject({ HOME: "/var/cache/homeroom/root", UV_NO_CONFIG: "1" });
    expect(machine.text(`/var/cache/homeroom/root/${lock}.txt`)).toContain("--hash=sha256:00");
    expect(await pythonEnvironment.read(machine, hub)).toEqual(hubState());
  });

  test("has its stamp last: one that was cut short is no environment, and is built anew", async () => {
    for (let at = 0; ; at += 1) {
      machine.inject({ at, kind: "fail", when: "before" });
      const built = await build(hub, hubState()).then(
        () => true,
        () => false,
      );
      const { struck } = machine;
      machine.inject(undefined);
      if (!struck) break;
      // What the cache would not give the index did.
      expect(await pythonEnvironment.read(machine, hub)).toEqual(built ? hubState() : undefined);
    }
    expect(await pythonEnvironment.read(machine, hub)).toEqual(hubState());
  });

  test("comes from uv's cache, and from the index where that lacks something", async () => {
    const make = machine.programs[uv] ?? (() => "");
    machine.programs[uv] = (args, m, options) => {
      if (args.includes("--offline")) throw new Error("jupyterhub was not found in the cache");
      return make(args, m, options);
    };
    await build(hub, hubState());
    const syncs = machine.ran.filter(([, , verb]) => verb === "sync");
    expect(syncs.map((argv) => argv.includes("--offline"))).toEqual([true, false]);
    expect(await pythonEnvironment.read(machine, hub)).toEqual(hubState());
  });

  test("comes from where the config says, and no error tells the password", async () => {
    machine.put(
      "/var/lib/homeroom/package-sources/config.json",
      '{"index":"https://ada:geheim99@index/simple"}',
    );
    machine.programs[uv] = () => {
      throw new HomeroomError("failed", { remedy: "https://ada:geheim99@index/simple answered 500" });
    };
    const failed: unknown = await build(hub, hubState()).catch((error: unknown) => error);
    expect(machine.ranWith[0]?.env).toMatchObject({ UV_DEFAULT_INDEX: "https://ada:geheim99@index/simple" });
    expect(machine.ran.flat().join(" ")).not.toContain("geheim99");
    expect(failed).toMatchObject({ remedy: "https://********@index/simple answered 500" });
  });

  test.each([
    ["is not there", () => undefined],
    ["can be read by root alone", () => machine.put("/etc/school.pem", "", { mode: 0o600 })],
  ])("is not built where the file of certificates %s", async (words, put) => {
    machine.put("/var/lib/homeroom/package-sources/config.json", '{"caBundle":"/etc/school.pem"}');
    put();
    await expect(build(hub, hubState())).rejects.toThrow(`The file of certificates /etc/school.pem ${words}`);
  });

  test("comes from a folder of wheels where there is no index", async () => {
    await build(hub, { ...hubState(), wheels: "/wheels" });
    expect(machine.ran[1]?.slice(8, -1)).toEqual(["--offline", "--no-index", "--find-links", "/wheels"]);
  });

  test.each([
    ["another uv", { uv: "/opt/uv-2/uv" }, true],
    ["wheels", { wheels: "/wheels" }, true],
    ["another script", { afterwards: "/other.py" }, true],
    ["another lock", { lock: "0" }, false],
    ["other requirements", { requirements: "0" }, false],
    ["leave to build from source", { source: true as const }, false],
    ["another Python", { python: "3.13" }, false],
    ["another owner", { owner: "homeroom-env" }, false],
    ["another group", { group: "homeroom-admins" }, false],
  ])("made with %s", (_, change, same) => {
    expect(pythonEnvironment.isSame?.(hubState(), { ...hubState(), ...change })).toBe(same);
  });

  test("is removed with its stamp, stamp first", async () => {
    await build(hub, hubState());
    machine.inject(undefined);
    await pythonEnvironment.write(machine, hub, undefined, progress);
    expect(machine.changes).toEqual([
      `remove ${stamp(hub)}`,
      `remove ${stamp(hub).replace(".json", ".txt")}`,
      `remove tree ${hub}`,
    ]);
  });
});

describe("the shared environment", () => {
  test("is built by its owner, never by root, and opened to all admins", async () => {
    await build(shared, sharedState());
    expect(machine.ranWith.map(({ as, umask }) => ({ ...as, umask }))).toEqual(
      machine.ran.map(() => ({ uid: 500, gid: 600, umask: 0o002 })),
    );
    expect(machine.ran.slice(2)).toEqual([
      [`${shared}/bin/python`, "-I", "/release/after.py"],
      ["chmod", "--recursive", "g+rwX,o=rX", "--", shared],
      ["find", shared, "-type", "d", "-exec", "chmod", "g+s", "{}", "+"],
      `find ${shared} -type d -exec setfacl --default --modify u::rwx,g::rwx,o::rx {} +`.split(" "),
    ]);
    expect(await machine.stat(shared)).toMatchObject({ mode: 0o2775, uid: 500, gid: 600 });
    expect(await machine.stat("/var/cache/homeroom/homeroom-env")).toMatchObject({ mode: 0o700, uid: 500 });
    expect(await pythonEnvironment.read(machine, shared)).toEqual(sharedState());
  });

  test("with requirements is resolved as its owner, keeping to the lock's versions, and built from what comes out", async () => {
    const resolved = "jupyterhub==4 \\\n    --hash=sha256:00\nnumpy==2 \\\n    --hash=sha256:11\n";
    const given: string[] = [];
    const make = machine.programs[uv] ?? (() => "");
    machine.programs[uv] = (args, m, options) => {
      if (args[1] !== "compile") return make(args, m, options);
      given.push(...args.slice(-2).map((path) => m.text(path) ?? ""));
      return resolved;
    };
    const requirements = await keepBlob(machine, "jupyterhub\nnumpy\n");
    const state = { ...sharedState(), requirements, declared: ["numpy"] };
    machine.inject(undefined);
    await build(shared, state);
    expect(given).toEqual(["jupyterlab==4 --hash=sha256:00\n", "jupyterhub\nnumpy\n"]);
    expect(machine.ran[0]).toContain("--no-build");
    expect(machine.ran.map(([program, , verb]) => program === uv && verb)).toContain("sync");
    expect(machine.text(`/var/cache/homeroom/homeroom-env/${hashOf(resolved)}.txt`)).toBe(resolved);
    expect(machine.text(stamp(shared).replace(".json", ".txt"))).toBe(resolved);
    expect(await pythonEnvironment.read(machine, shared)).toEqual(state);
    expect(machine.ranWith.map(({ as }) => as)).toEqual(machine.ran.map(() => ({ uid: 500, gid: 600 })));
  });

  test("gets the copies of a snapshot, and is none where no server starts from it", async () => {
    const laid: string[][] = [];
    machine.programs["/usr/bin/python3"] = (args) => {
      laid.push([...args]);
      return "lib/python3.13/x.cpython-311.so\n";
    };
    const state = {
      ...sharedState(),
      copies: "20261125-101112",
      scripts: "/release/scripts",
      check: "/start.py",
    };
    const said: string[] = [];
    await pythonEnvironment.write(machine, shared, state, { ...progress, report: (line) => said.push(line) });
    expect(laid).toEqual([
      [
        "-I",
        "-S",
        "/release/scripts/lay_copies.py",
        "/var/lib/homeroom/snapshots",
        "20261125-101112",
        shared,
      ],
    ]);
    expect(said).toContain("lib/python3.13/x.cpython-311.so was made for another Python and is left out");
    expect(machine.ran).toContainEqual([`${shared}/bin/python`, "-I", "/start.py"]);
    machine.programs[`${shared}/bin/python`] = ([, script]) =>
      script === "/start.py" ? { exitCode: 1, stderr: "ImportError: numpy\n" } : "";
    const failed = build(shared, state);
    await expect(failed).rejects.toThrow("With these packages no notebook server starts.");
    await expect(failed).rejects.toMatchObject({
      remedy: expect.stringContaining("ImportError: numpy") as string,
    });
    expect(await pythonEnvironment.read(machine, shared)).toBeUndefined();
  });

  test("is moved aside, never deleted: admins have put their own into it", async () => {
    await build(shared, sharedState());
    machine.put(`${shared}/share/of-an-admin`, "work");
    await build(shared, sharedState());
    const [, aside = ""] = (await machine.list("/opt/homeroom/environments")).toSorted();
    expect(aside).toMatch(/^def\.replaced-\d{4}-/);
    expect(machine.text(`/opt/homeroom/environments/${aside}/share/of-an-admin`)).toBe("work");
  });

  test("that was cut short while it was built is deleted: nobody has used it", async () => {
    await machine.makeDirectory(shared, { mode: 0o2775, uid: 500, gid: 600 });
    machine.inject(undefined);
    machine.programs["rm"] = () => "";
    await build(shared, sharedState());
    expect(machine.ran[0]?.slice(0, 4)).toEqual(["rm", "-rf", "--one-file-system", "--"]);
    expect(machine.ran[0]?.[4]).toMatch(/^\/opt\/homeroom\/environments\/def\.replaced-/);
  });

  test.each([
    ["its interpreter is gone", () => machine.take(`${shared}/bin/python`)],
    ["it is gone", () => machine.take(shared)],
    ["its stamp is gone", () => machine.take(stamp(shared))],
    [
      "its owner has another number now",
      () => machine.put("/etc/passwd", "homeroom-env:x:501:501::/:/bin/sh\n"),
    ],
  ])("is none where %s", async (_, spoil) => {
    await build(shared, sharedState());
    spoil();
    expect(await pythonEnvironment.read(machine, shared)).toBeUndefined();
  });

  test("never uses a cache of somebody else", async () => {
    machine.put("/var/cache/homeroom/homeroom-env/uv/planted", "");
    await build(shared, sharedState());
    expect(machine.text("/var/cache/homeroom/homeroom-env/uv/planted")).toBeUndefined();
  });
});
