import { beforeEach, expect, test } from "vitest";
import { aptPackage } from "../../../installer/resources/apt-package.ts";
import { FakeHost } from "../../fake-host.ts";

const options = [
  "--quiet=2",
  "--assume-yes",
  "--no-install-recommends",
  "-oDPkg::Lock::Timeout=600",
  "-oDPkg::Use-Pty=0",
  "-oAcquire::Languages=none",
  "-oDpkg::Options::=--force-confold",
];
const install = (...names: string[]) => ["apt-get", ...options, "install", "--", ...names];
const update = ["apt-get", ...options, "update"];

let machine: FakeHost;
let said: string[];
let controller: AbortController;
const wanted = (...names: string[]) => names.map((id) => ({ id, state: { installed: true as const } }));
const write = async (...names: string[]) => {
  const progress = { report: (line: string) => void said.push(line), signal: controller.signal };
  await aptPackage.writeMany?.(machine, wanted(...names), progress);
};

beforeEach(() => {
  said = [];
  controller = new AbortController();
  machine = new FakeHost({ "/var/lib/apt/lists/deb_main_Packages": "" }, { "apt-get": () => "" });
});

test("missing packages come in one run, unattended, without an update where there are lists", async () => {
  await write("git", "sudo");
  expect(machine.ran).toEqual([install("git", "sudo")]);
  expect(machine.ranWith[0]?.env).toEqual({
    DEBIAN_FRONTEND: "noninteractive",
    APT_LISTCHANGES_FRONTEND: "none",
    NEEDRESTART_MODE: "l",
    SUDO_FORCE_REMOVE: "yes",
  });
});

test.each(["deb_main_Packages", "deb_main_Packages.lz4"])("%s is a list", async (name) => {
  machine.take("/var/lib/apt/lists");
  machine.put(`/var/lib/apt/lists/${name}`, "");
  await write("git");
  expect(machine.ran).toEqual([install("git")]);
});

test("lists are fetched first where there are none, as in images", async () => {
  machine.take("/var/lib/apt/lists");
  machine.put("/var/lib/apt/lists/lock", "");
  await write("git");
  expect(machine.ran).toEqual([update, install("git")]);
});

test("a failure may come from old lists: they are fetched, and the installation is tried once more", async () => {
  let tries = 0;
  machine.programs["apt-get"] = (args) => {
    if (args.includes("update")) return "";
    tries += 1;
    return tries === 1 ? { exitCode: 100, stderr: "404 Not Found" } : "";
  };
  await write("git");
  expect(machine.ran).toEqual([install("git"), update, install("git")]);
  expect(said).toEqual(["the package lists may be old: fetching them anew"]);
});

test("nothing is tried again after a cancellation, and dpkg is never cut in the middle", async () => {
  machine.programs["apt-get"] = () => {
    controller.abort();
    return { exitCode: 100 };
  };
  await expect(write("git")).rejects.toThrow("could not be installed");
  expect(machine.ran).toEqual([install("git")]);
  expect(machine.ranWith[0]?.signal).toBeUndefined();
});

test.each([
  ["Temporary failure resolving 'deb.debian.org'", "check its DNS"],
  ["E: Could not get lock /var/lib/dpkg/lock", "Another program is installing"],
  ["E: dpkg was interrupted, you must manually run", "dpkg --configure -a"],
  ["write error: No space left on device", "The disk is full"],
  ["something new", "something new\nRun `sudo apt-get install` to see it all"],
])("apt's %s is explained", async (stderr, remedy) => {
  machine.programs["apt-get"] = (args) => (args.includes("update") ? "" : { exitCode: 100, stderr });
  await expect(write("git")).rejects.toMatchObject({
    message: "Debian's packages could not be installed.",
    remedy: expect.stringContaining(remedy) as string,
  });
});

test("that lists cannot be fetched is said as such", async () => {
  machine.programs["apt-get"] = () => ({ exitCode: 100, stderr: "no" });
  await expect(write("git")).rejects.toThrow("could not be listed");
});

test("dpkg's own file says what is installed", async () => {
  machine.put(
    "/var/lib/dpkg/status",
    [
      "Package: git\nStatus: install ok installed\nVersion: 1:2.39\n",
      "Package: sudo\nStatus: deinstall ok config-files\nVersion: 1\n",
      "Package: dbus\nStatus: hold ok installed\nVersion: 1\n",
      "Package: git-man\nStatus: install ok half-installed\nDescription: the\n Package: polkitd\n",
    ].join("\n"),
  );
  const found = await aptPackage.readMany?.(machine, ["git", "sudo", "dbus", "git-man", "polkitd", "it"]);
  expect([...(found ?? [])]).toEqual([
    ["git", { installed: true }],
    ["dbus", { installed: true }],
  ]);
  expect(machine.reads).toEqual(["/var/lib/dpkg/status"]);
});
