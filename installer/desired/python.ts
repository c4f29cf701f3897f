import { dirname } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Facts } from "../resources/facts.ts";
import type { CondaParts } from "../resources/conda-packages.ts";
import type { PythonEnvironmentState } from "../resources/python-environment.ts";
import type { WheelProgramState } from "../resources/wheel-program.ts";
import { hashOf } from "../resources/hash.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { adminsGroup } from "../resources/admins-group.ts";
import { textOf, type Release } from "./release.ts";
import {
  isBuiltFor,
  sharedEnvironment,
  type EnvironmentInUse,
  type GoneOnFrom,
} from "./shared-environment.ts";
import type { StateBuilder } from "./state-builder.ts";

export interface PythonParts {
  /** "/opt/homeroom/hub/<hash>". */
  hub: string;
  hubRef: ResourceRef;
  uv: string;
  environmentRef: ResourceRef;
}

export interface PythonInputs {
  config: Config;
  release: Release;
  facts: Facts;
  /** Admins have changed what is there, so it stays as long as the config asks for the same packages. */
  environmentInUse: EnvironmentInUse | undefined;
  /** Where it is to be another one all the same. */
  rebuild: Rebuild | undefined;
  /** A directory of wheels, for a machine without an index. */
  wheels: string | undefined;
}

export interface Rebuild extends Pick<GoneOnFrom, "restored" | "without"> {
  /** From the config alone: nothing of what is there is gone on from. */
  anew?: boolean | undefined;
}

/** A lock of one wheel for each kind of processor, as templates/locks/uv.json. */
interface WheelLock {
  version: string;
  wheels: Record<Facts["architecture"], { filename: string; sha256: string }>;
}

export const environmentLink = "/opt/homeroom/environment";

/** uv, the hub's own environment, and the shared one. */
export function addPython(
  state: StateBuilder,
  { config, release, facts, environmentInUse, rebuild, wheels }: PythonInputs,
): PythonParts {
  const uvLock = JSON.parse(textOf(release, "templates/locks/uv.json")) as WheelLock;
  const uv = `/opt/homeroom/runtimes/uv-${uvLock.version}/uv`;
  const { filename, sha256 } = uvLock.wheels[facts.architecture];
  const offline = wheels === undefined ? {} : { wheels };
  const uvRef = state.add("wheel-program", uv, { wheel: filename, sha256, ...offline }, [
    refOf("directory", "/opt/homeroom/runtimes"),
  ]);
  const stands = (folder: string, owner: string, group: string) => [
    uvRef,
    refOf("directory", folder),
    refOf("directory", "/var/cache/homeroom"),
    refOf("directory", "/var/lib/homeroom/environments"),
    ...(owner === "root" ? [] : [refOf("system-account", owner), refOf("system-group", group)]),
  ];
  const made = { python: facts.python, uv, ...offline };
  const library = config.environment.manager === "conda" ? condaLibrary(release, facts) : undefined;
  const libraryRef =
    library &&
    state.add("wheel-program", library.path, { ...library.state, ...offline }, [
      refOf("directory", "/opt/homeroom/runtimes"),
    ]);
  const hubLock = state.content(textOf(release, "templates/locks/hub.txt"));
  const hub = `/opt/homeroom/hub/${shortHash(`${hubLock} ${facts.python}`)}`;
  const hubRef = state.add(
    "python-environment",
    hub,
    { lock: hubLock, owner: "root", group: "root", ...made } satisfies PythonEnvironmentState,
    stands("/opt/homeroom/hub", "root", "root"),
  );
  const shared = addShared();
  const environmentRef = state.add("link", environmentLink, { target: shared.path }, [
    shared.ref,
    refOf("directory", "/opt/homeroom"),
  ]);
  return { hub, hubRef, uv, environmentRef };

  /** The one in use where it was built for this config, else one to be built beside it. */
  function addShared(): { path: string; ref: ResourceRef } {
    if (
      environmentInUse !== undefined &&
      rebuild === undefined &&
      isBuiltFor(environmentInUse.state, config)
    ) {
      const { path, state: is } = environmentInUse;
      return { path, ref: state.add("python-environment", path, is) };
    }
    const { lock, requirements, declared, source, copies } = sharedEnvironment(config, release, {
      inUse: rebuild?.anew === true ? undefined : environmentInUse,
      ...rebuild,
    });
    const conda = library && condaParts(config, release, library);
    const wanted: PythonEnvironmentState = {
      lock: state.content(lock),
      ...(requirements === undefined ? {} : { requirements: state.content(requirements) }),
      ...(declared.length === 0 ? {} : { declared }),
      ...(source ? { source } : {}),
      ...(copies === undefined ? {} : { copies, scripts: `${release.folder}/templates/environment` }),
      owner: "homeroom-env",
      group: adminsGroup,
      ...made,
      ...(conda === undefined ? {} : { conda }),
      afterwards: `${release.folder}/templates/hub/prepare_environment.py`,
      // The release's own lock is known to work.
      ...(requirements === undefined && rebuild === undefined
        ? {}
        : { check: `${release.folder}/templates/hub/check_environment.py` }),
    };
    const channels = conda?.channels.join("\n");
    const parts = [wanted.lock, facts.python, wanted.requirements, copies, environmentInUse?.path, channels];
    const path = `/opt/homeroom/environments/${shortHash(parts.filter((part) => part !== undefined).join(" "))}`;
    const needs = [
      ...stands("/opt/homeroom/environments", wanted.owner, wanted.group),
      ...(libraryRef === undefined ? [] : [libraryRef]),
      ...config.environment.apt.map((name) => refOf("apt-package", name)),
    ];
    return { path, ref: state.add("python-environment", path, wanted, needs) };
  }
}

/** What solves and links conda's packages, from the Python package index as uv is. */
export function condaLibrary(
  release: Release,
  { architecture }: Pick<Facts, "architecture">,
): { path: string; state: WheelProgramState } {
  const { version, wheels } = JSON.parse(textOf(release, "templates/locks/rattler.json")) as WheelLock;
  const { filename, sha256 } = wheels[architecture];
  const path = `/opt/homeroom/runtimes/py-rattler-${version}/rattler`;
  return { path, state: { wheel: filename, sha256, library: true } };
}

/** What an environment of conda's packages is built with. */
export function condaParts({ environment }: Config, release: Release, library: { path: string }): CondaParts {
  return {
    channels: environment.channels,
    library: dirname(library.path),
    scripts: `${release.folder}/templates/conda`,
  };
}

function shortHash(text: string): string {
  return hashOf(text).slice(0, 12);
}
