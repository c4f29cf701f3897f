import { expect, test } from "vitest";
import { sweepTemporaries } from "../../../installer/apply/sweep-temporaries.ts";
import { temporaryName } from "../../../installer/host/temporary-name.ts";
import { FakeHost } from "../../fake-host.ts";

const left = "homeroom-4711-3";
const written = [
  { kind: "systemd-unit", id: "homeroom-hub.service.d/10-homeroom-inputs.conf" },
  { kind: "link", id: "/opt/homeroom/environment" },
  { kind: "sudoers", id: "homeroom-admins" },
  { kind: "file", id: "/usr/local/bin/homeroom" },
  { kind: "account", id: "jupyter-ada" },
];

test("what a killed process left goes, wherever it was writing; nothing else does", async () => {
  const gone = [
    `/etc/systemd/system/homeroom-hub.service.d/.10-homeroom-inputs.conf.${left}`,
    `/etc/sudoers.d/.homeroom-admins.${left}`,
    `/usr/local/bin/.homeroom.${left}`,
    `/var/lib/homeroom/blobs/.00ff.${left}`,
    `/var/lib/homeroom/generations/000002/.manifest.json.${left}`,
    `/etc/homeroom/.config.yaml.${left}`,
  ];
  const stays = [
    "/usr/local/bin/.homeroom.homeroom-4712-1",
    "/usr/local/bin/homeroom-4711-3",
    "/usr/local/bin/.bashrc",
    `/srv/.x.${left}`,
    temporaryName("/etc/homeroom/config.yaml"),
  ];
  const machine = new FakeHost(Object.fromEntries([...gone, ...stays].map((path) => [path, ""])));
  machine.putLink(`/opt/homeroom/.environment.${left}`, "/srv");
  machine.put(
    "/proc/4712/cmdline",
    "/opt/homeroom/runtimes/node\0/opt/homeroom/current/dist/homeroom.mjs\0apply\0",
  );
  machine.put("/proc/4711/cmdline", "vi\0");
  await sweepTemporaries(machine, written);
  const paths = machine.manifest().map((line) => line.split(" ")[0]);
  expect(paths.filter((path) => path?.includes(left))).toEqual([
    "/srv/.x.homeroom-4711-3",
    "/usr/local/bin/homeroom-4711-3",
  ]);
  expect(paths).toEqual(expect.arrayContaining(stays));
});
