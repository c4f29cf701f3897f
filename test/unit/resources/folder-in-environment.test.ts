import { beforeEach, describe, expect, test } from "vitest";
import { keepBlob } from "../../../installer/resources/blobs.ts";
import type { FolderPart } from "../../../installer/resources/folder-part.ts";
import { folderWheels } from "../../../installer/resources/folder-wheels.ts";
import {
  pythonEnvironment,
  type PythonEnvironmentState,
} from "../../../installer/resources/python-environment.ts";
import { prepareUv } from "../../../installer/resources/run-uv.ts";
import { FakeHost } from "../../fake-host.ts";

const uv = "/opt/homeroom/runtimes/uv-1/uv";
const shared = "/opt/homeroom/environments/def";
const key = "0123456789abcdef";
const copy = `/var/lib/homeroom/sources/${key}`;
const wheel = `${copy}/wheels-3.11-0/course-1.0-py3-none-any.whl`;
const log = "/var/log/homeroom/post-build.log";

const folder: FolderPart = {
  source: "1",
  address: "https://host/course",
  revision: "2",
  key,
  asks: "4",
  requirements: [
    { text: "six", file: "requirements.txt" },
    { text: `course @ file://${wheel}`, file: "setup.py" },
  ],
  apt: [],
  postBuild: "binder/postBuild",
  start: "binder/start",
  notDone: [],
};

let machine: FakeHost;
let state: PythonEnvironmentState;
let progress: { report: (line: string) => void; signal: AbortSignal };

beforeEach(async () => {
  progress = { report: () => undefined, signal: new AbortController().signal };
  machine = new FakeHost({
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nhomeroom-env:x:500:500::/nonexistent:/bin/false\n",
    "/etc/group": "root:x:0:\nhomeroom-env:x:500:\nhomeroom-admins:x:600:\n",
  });
  for (const path of [
    "/opt/homeroom/environments",
    "/var/cache/homeroom",
    "/var/lib/homeroom/environments",
    "/var/lib/homeroom/blobs",
    "/var/log/homeroom",
  ])
    machine.putDirectory(path);
  const resolved = `course @ file://${wheel} \\\n    --hash=sha256:22\nsix==1 \\\n    --hash=sha256:11\n`;
  machine.programs[uv] = ([verb, second, ...args], m) => {
    if (verb === "venv") m.put(`${args.at(-1)}/bin/python`, "");
    return second === "compile" ? resolved : "";
  };
  for (const name of ["chmod", "find", "mkdir", "rm", "install", "systemctl", "systemd-run", "sh"])
    machine.programs[name] = () => "";
  machine.programs["/usr/bin/python3"] = () => "old-course\n";
  state = {
    lock: await keepBlob(machine, "jupyterlab==4 --hash=sha256:00\n"),
    requirements: await keepBlob(machine, `six\ncourse @ file://${wheel}\n`),
    python: "3.11",
    owner: "homeroom-env",
    group: "homeroom-admins",
    uv,
    folder,
    layFolder: true,
    scripts: "/release/environment",
  };
});

const build = () => pythonEnvironment.write(machine, shared, state, progress);

test("own packages come after everything else, and those of folders before go", async () => {
  await build();
  const synced = machine.ran.find(([, , verb]) => verb === "sync")?.at(-1) ?? "";
  expect(machine.text(synced)).toBe("six==1 \\\n    --hash=sha256:11\n");
  const at = machine.ran.findIndex(([, , verb]) => verb === "sync");
  const python = ["--python", `${shared}/bin/python`];
  expect(machine.ran.slice(at + 1, at + 6)).toEqual([
    ["/usr/bin/python3", "-I", "-S", "/release/environment/list_folder_packages.py", shared],
    [uv, "pip", "uninstall", "--quiet", ...python, "old-course"],
    [uv, "pip", "install", "--quiet", "--offline", "--no-deps", ...python, `file://${wheel}`],
    ["rm", "-f", "--", `${shared}/share/homeroom/start`],
    ["install", "-D", "--mode=0755", "--", `${copy}/tree/binder/start`, `${shared}/share/homeroom/start`],
  ]);
  expect(machine.ran.map(([program]) => program)).not.toContain("systemd-run");
  expect(machine.ranWith.every(({ as }) => as?.uid === 500)).toBe(true);
});

describe("postBuild", () => {
  beforeEach(() => {
    state.postBuild = 60;
  });

  test("runs as the environment's owner in a unit of its own, and its output is kept", async () => {
    machine.programs["systemd-run"] = (_, __, { onLine }) => {
      onLine?.("hello");
      return "";
    };
    await build();
    const argv = machine.ran.find(([program]) => program === "systemd-run") ?? [];
    expect(argv.slice(0, 8)).toEqual(
      `systemd-run --collect --wait --pipe --unit=homeroom-post-build.service --uid=500 --gid=600 --slice=homeroom-users.slice`.split(
        " ",
      ),
    );
    expect(argv).toEqual(
      expect.arrayContaining([
        "--property=RuntimeMaxSec=60",
        "--property=NoNewPrivileges=yes",
        "--property=ProtectSystem=strict",
        `--property=ReadWritePaths=${shared} ${copy}`,
        `--working-directory=${copy}/tree`,
        `--setenv=NB_PYTHON_PREFIX=${shared}`,
      ]),
    );
    expect(argv.slice(argv.indexOf("--")).filter((word) => !word.startsWith("for "))).toEqual([
      "--",
      "/bin/sh",
      "-c",
      `${copy}/tree/binder/postBuild`,
    ]);
    expect(machine.text(log)).toBe("# binder/postBuild of https://host/course, 2\nhello\n");
    expect(machine.ran).toContainEqual(["systemctl", "stop", "--quiet", "--", "homeroom-post-build.service"]);
  });

  test.each([
    [["boom"], "binder/postBuild of https://host/course failed.", "boom"],
    [
      ["wait", "Finished with result: timeout"],
      "binder/postBuild of https://host/course did not end within 60 s.",
      "post_build_timeout",
    ],
    [["Running as unit: x"], "binder/postBuild of https://host/course failed.", "It said nothing."],
  ])(
    "that says %j: no environment, the unit ends, and the output is kept",
    async (lines, message, remedy) => {
      machine.programs["systemd-run"] = (_, __, { onLine }) => {
        for (const line of lines) onLine?.(line);
        return { exitCode: 1 };
      };
      await expect(build()).rejects.toMatchObject({
        message,
        remedy: expect.stringContaining(remedy) as string,
      });
      expect(await pythonEnvironment.read(machine, shared)).toBeUndefined();
      expect(machine.text(log)).toContain(lines[0]);
      expect(machine.ran.at(-1)).toEqual([
        "systemctl",
        "stop",
        "--quiet",
        "--",
        "homeroom-post-build.service",
      ]);
    },
  );
});

test("another folder's wish is another environment", () => {
  const isSame = (asks: string) =>
    pythonEnvironment.isSame?.(state, { ...state, folder: { ...folder, asks } });
  expect([isSame("4"), isSame("5")]).toEqual([true, false]);
});

describe("the folder's own packages", () => {
  const owner = { uid: 500, gid: 500 };
  const wheels = async (own: { text: string; file: string }[]) =>
    folderWheels(
      await prepareUv(machine, { uv, account: "homeroom-env", owner, cwd: "/", progress }),
      { key },
      own,
      "3.11",
    );

  test("are built as the environment's owner, once, and asked for with their extras", async () => {
    let built = false;
    machine.programs[uv] = () => {
      built = true;
      return "";
    };
    machine.programs["sh"] = () => (built ? "course-1.0-py3-none-any.whl\n" : "");
    const own = [{ text: "libs/course[plots]", file: "requirements.txt" }];
    const line = { text: `course[plots] @ file://${wheel}`, file: "requirements.txt" };
    expect(await wheels(own)).toEqual([line]);
    expect(await wheels(own)).toEqual([line]);
    expect(machine.ran.filter(([program]) => program === uv)).toEqual([
      [
        uv,
        "build",
        "--quiet",
        "--wheel",
        "--python",
        "/usr/bin/python3",
        "--out-dir",
        `${copy}/wheels-3.11-0`,
        `${copy}/tree/libs/course`,
      ],
    ]);
    expect(machine.ranWith.every(({ as }) => as?.uid === 500)).toBe(true);
  });

  test("may be wheels already", async () => {
    expect(await wheels([{ text: "dist/My_Lib-2-py3-none-any.whl", file: "requirements.txt" }])).toEqual([
      { text: `my-lib @ file://${copy}/tree/dist/My_Lib-2-py3-none-any.whl`, file: "requirements.txt" },
    ]);
    expect(machine.ran).toEqual([]);
  });

  test("that cannot be built are named", async () => {
    machine.programs[uv] = () => ({ exitCode: 2, stderr: "SystemExit: not today" });
    await expect(wheels([{ text: ".", file: "setup.py" }])).rejects.toThrow(
      "The folder's own package (setup.py) could not be built",
    );
    machine.programs[uv] = () => "";
    await expect(wheels([{ text: ".", file: "setup.py" }])).rejects.toThrow("there is no wheel");
  });

  test("a name that the account made up for a wheel is not taken", async () => {
    machine.programs["sh"] = () => "../../etc/x.whl\nx y.whl\n";
    machine.programs[uv] = () => "";
    await expect(wheels([{ text: ".", file: "setup.py" }])).rejects.toThrow("there is no wheel");
  });
});
