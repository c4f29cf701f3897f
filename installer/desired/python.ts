import type { Facts } from "../resources/facts.ts";
import type { PythonEnvironmentState } from "../resources/python-environment.ts";
import { hashOf } from "../resources/hash.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

export interface PythonParts {
  /** "/opt/homeroom/hub/<hash>". */
  hub: string;
  hubRef: ResourceRef;
  environmentRef: ResourceRef;
}

export interface PythonInputs {
  release: Release;
  facts: Facts;
  /** What /opt/homeroom/environment points to now: admins have changed what is there, so it stays. */
  environmentInUse: { path: string; state: PythonEnvironmentState } | undefined;
  /** A directory of wheels, for a machine without an index. */
  wheels: string | undefined;
}

interface UvLock {
  version: string;
  wheels: Record<Facts["architecture"], { filename: string; sha256: string }>;
}

export const environmentLink = "/opt/homeroom/environment";

/** uv, the hub's own environment, and the shared one. */
export function addPython(
  state: StateBuilder,
  { release, facts, environmentInUse, wheels }: PythonInputs,
): PythonParts {
  const uvLock = JSON.parse(textOf(release, "templates/locks/uv.json")) as UvLock;
  const uv = `/opt/homeroom/runtimes/uv-${uvLock.version}/uv`;
  const { filename, sha256 } = uvLock.wheels[facts.architecture];
  const offline = wheels === undefined ? {} : { wheels };
  const uvRef = state.add("wheel-program", uv, { wheel: filename, sha256, ...offline }, [
    refOf("directory", "/opt/homeroom/runtimes"),
  ]);
  const add = (folder: string, lockPath: string, owner: string, group: string, afterwards?: string) => {
    const lock = state.content(textOf(release, lockPath));
    const path = `${folder}/${hashOf(`${lock} ${facts.python}`).slice(0, 12)}`;
    const script = afterwards === undefined ? {} : { afterwards };
    const needs = [
      uvRef,
      refOf("directory", folder),
      refOf("directory", "/var/cache/homeroom"),
      refOf("directory", "/var/lib/homeroom/environments"),
      ...(owner === "root" ? [] : [refOf("system-account", owner), refOf("system-group", group)]),
    ];
    const wanted = { lock, python: facts.python, owner, group, uv, ...offline, ...script };
    return { path, ref: state.add("python-environment", path, wanted, needs) };
  };
  const hub = add("/opt/homeroom/hub", "templates/locks/hub.txt", "root", "root");
  const environment =
    environmentInUse === undefined
      ? add(
          "/opt/homeroom/environments",
          "templates/locks/environment.txt",
          "homeroom-env",
          "homeroom-admins",
          `${release.folder}/templates/hub/gen_validators.py`,
        )
      : {
          path: environmentInUse.path,
          ref: state.add("python-environment", environmentInUse.path, environmentInUse.state),
        };
  const environmentRef = state.add("link", environmentLink, { target: environment.path }, [
    environment.ref,
    refOf("directory", "/opt/homeroom"),
  ]);
  return { hub: hub.path, hubRef: hub.ref, environmentRef };
}
