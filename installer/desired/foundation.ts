import { adminsGroup } from "../resources/admins-group.ts";
import type { ResourceRef } from "../resources/resource.ts";
import { refOf } from "../resources/resource.ts";
import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

/** What polkit, sudo and nbgitpuller need beside what a Debian server has anyway. */
const packages = ["acl", "dbus", "polkitd", "sudo", "git"];
/** None is among the admins, who may use sudo: homeroom-env works with their group, but is no member of it. */
const services = ["homeroom-hub", "homeroom-proxy", "homeroom-env", "homeroom-snapshots"];
/** Only services are in these two: who may reach the hub's socket, and the servers' sockets. */
const socketGroups = ["homeroom-hubapi", "homeroom-sock"];

/** Packages, service accounts, directories, secrets, rights: what everything else stands on. */
export function addFoundation(state: StateBuilder, release: Release, apt: readonly string[]): void {
  for (const name of new Set([...packages, ...apt])) state.add("apt-package", name, { installed: true });
  for (const name of [...socketGroups, adminsGroup]) state.add("system-group", name, { exists: true });
  for (const name of services) {
    state.add("system-account", name, { home: "/nonexistent", shell: "/usr/sbin/nologin" });
  }
  addDirectories(state);
  for (const name of ["proxy-token", "cookie-secret", "culler-token"]) {
    state.add("secret", `/var/lib/homeroom/secrets/${name}`, { bytes: 32 }, [
      refOf("directory", "/var/lib/homeroom/secrets"),
    ]);
  }
  addRights(state, release);
}

function addDirectories(state: StateBuilder): void {
  const add = (path: string, mode: string, owner = "root", group = "root"): ResourceRef => {
    const parent = path.slice(0, path.lastIndexOf("/"));
    const needs = [refOf("directory", parent), ...(owner === "root" ? [] : [refOf("system-account", owner)])];
    const groupNeeds = group === "root" || group === owner ? [] : [refOf("system-account", group)];
    return state.directory(path, [...needs, ...groupNeeds], { mode, owner, group });
  };
  add("/opt/homeroom", "0755");
  for (const name of ["hub", "environments", "runtimes", "releases"]) add(`/opt/homeroom/${name}`, "0755");
  add("/var/cache/homeroom", "0755");
  add("/var/cache/homeroom/code", "0700");
  add("/var/log/homeroom", "0750");
  add("/var/lib/homeroom", "0755");
  add("/var/lib/homeroom/environments", "0755");
  add("/var/lib/homeroom/snapshots", "0755", "homeroom-snapshots", "homeroom-snapshots");
  add("/var/lib/homeroom/checks", "0755", "homeroom-env", "homeroom-env");
  add("/var/lib/homeroom/secrets", "0700");
  add("/var/lib/homeroom/accounts", "0700");
  add("/var/lib/homeroom/tombstones", "0700");
  add("/var/lib/homeroom/bans", "0700");
  add("/var/lib/homeroom/compiled", "0750", "root", "homeroom-hub");
  add("/var/lib/homeroom/hub", "0700", "homeroom-hub", "homeroom-hub");
  add("/var/lib/homeroom/proxy", "0700", "homeroom-proxy", "homeroom-proxy");
  add("/run/homeroom", "0755");
  add("/run/homeroom/users", "0711");
  add("/run/homeroom/terminals", "0700");
  add("/run/homeroom-servers", "0711");
}

function addRights(state: StateBuilder, release: Release): void {
  state.file("/etc/tmpfiles.d/homeroom.conf", textOf(release, "templates/tmpfiles/homeroom.conf"));
  state.file(
    "/etc/polkit-1/rules.d/50-homeroom.rules",
    textOf(release, "templates/polkit/50-homeroom.rules"),
    [refOf("apt-package", "polkitd")],
  );
  state.add(
    "sudoers",
    "homeroom-admins",
    state.fileState(textOf(release, "templates/sudoers/homeroom-admins"), { mode: "0440" }),
    [refOf("apt-package", "sudo"), refOf("system-group", adminsGroup)],
  );
}
