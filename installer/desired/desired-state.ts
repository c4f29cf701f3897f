import type { Config } from "../../config/config.ts";
import { classLimits, membershipsOf } from "../../config/limits.ts";
import type { Facts } from "../resources/facts.ts";
import type { PackageSources } from "../resources/package-sources.ts";
import type { LoadedSlice } from "../resources/user-slice.ts";
import type { KnownAccounts } from "../resources/known-accounts.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { addCanary, withCanary } from "./canary.ts";
import { addFoundation } from "./foundation.ts";
import { addAcmeClient, addOwnCertificate } from "./https.ts";
import { addHubFragments } from "./hub-fragments.ts";
import { hubJson, rosterJson } from "./hub-files.ts";
import { addLimits } from "./limits.ts";
import { addPeople } from "./people.ts";
import { addPackageSources } from "./package-sources.ts";
import { addPython, type PythonInputs } from "./python.ts";
import { textOf, type Release } from "./release.ts";
import { addShellCompletion } from "./shell-completion.ts";
import { addTerminal } from "./terminal.ts";
import { StateBuilder, type DesiredState } from "./state-builder.ts";
import { addUnits, limitsTemplate } from "./units.ts";

export interface DesiredInputs {
  config: Config;
  facts: Facts;
  release: Release;
  /** bcrypt hashes by hub name, for people who have never logged in. */
  firstPasswords: Readonly<Record<string, string>>;
  /** bcrypt hash of the class code; undefined where none was set. */
  classCode: string | undefined;
  /** People's accounts that are on the machine. */
  known: KnownAccounts;
  environmentInUse: PythonInputs["environmentInUse"];
  folder: PythonInputs["folder"];
  rebuild: PythonInputs["rebuild"];
  wheels: string | undefined;
  /** Where this machine is set to get packages from. */
  machineSources: PackageSources;
  /** The slices that systemd has loaded, with the limits that hold now. */
  slices: readonly LoadedSlice[];
  /** A lower memory limit holds at once even where more is in use. */
  force: boolean;
  /** Key and certificate that `https.tls` names (PEM). */
  certificate: string | undefined;
  /** The admin's own configuration of the hub, text by file name. */
  fragments: ReadonlyMap<string, string>;
  /** Nothing serves this machine yet. */
  firstInstall: boolean;
  /** The front door opens before the hub is there: a first install that shows its progress. */
  doorFirst: boolean;
}

/** What the machine should hold: pure, from config, facts and the release's templates. */
export function desiredState(inputs: DesiredInputs): DesiredState {
  const { config, facts, release, known, fragments, environmentInUse, folder, rebuild, wheels, doorFirst } =
    inputs;
  const state = new StateBuilder();
  addFoundation(state, release, [
    ...config.environment.apt,
    ...(folder?.apt ?? []),
    ...copyPackages(config.backup),
  ]);
  addCanary(state);
  addShellCompletion(state, release);
  const sources = addPackageSources(state, config, inputs.machineSources);
  const python = addPython(state, {
    config,
    release,
    facts,
    environmentInUse,
    folder,
    rebuild,
    wheels,
    sourceRefs: sources.refs,
  });
  const compiled = hubJson(config);
  const hubReads = { mode: "0640", group: "homeroom-hub" };
  const compiledFolder = refOf("directory", "/var/lib/homeroom/compiled");
  const hubFile = state.file("/var/lib/homeroom/compiled/hub.json", compiled, [compiledFolder], hubReads);
  const limits = classLimits(config, facts.memory, membershipsOf(config));
  const roster = rosterJson(config, limits, inputs);
  const rosterFile = state.file("/var/lib/homeroom/compiled/roster.json", roster, [compiledFolder], hubReads);
  const all = (...kinds: string[]) =>
    state.resources.filter(({ kind }) => kinds.includes(kind)).map(({ kind, id }) => refOf(kind, id));
  const fragmentFiles = addHubFragments(state, {
    fragments,
    release,
    hub: python.hub,
    hubJson: compiled,
    rights: hubReads,
    needs: [...all("directory", "secret", "system-account", "system-group"), rosterFile, python.hubRef],
  });
  const { notice } = config.classroom;
  // Read by the hub's pages and by everybody's server, so that a change restarts nothing.
  if (notice !== null)
    state.file("/var/lib/homeroom/notice", `${notice}\n`, [refOf("directory", "/var/lib/homeroom")]);
  const people = addPeople(state, { config, release, known });
  addLimits(state, {
    limits: withCanary(limits),
    slices: inputs.slices,
    force: inputs.force,
    template: textOf(release, `templates/units/${limitsTemplate}`),
  });
  const command = state.file("/usr/local/bin/homeroom", commandScript(release), [], { mode: "0755" });
  addTerminal(state, release);
  const current = state.add("link", "/opt/homeroom/current", { target: release.folder }, [
    refOf("directory", "/opt/homeroom"),
  ]);
  addUnits(state, {
    config,
    facts,
    release,
    hub: python.hub,
    uv: python.uv,
    hubReads: [compiled, ...[...fragments].flat()],
    packageSources: sources.services,
    dropIns: people.dropIns,
    dropInNeeds: people.dropInNeeds,
    needs: [...all("directory", "secret", "system-account", "system-group"), command, current],
    certificateNeeds: addCertificate(state, inputs),
    firstInstall: inputs.firstInstall,
    hubNeeds: [
      ...all("apt-package", "sudoers"),
      ...people.refs,
      hubFile,
      rosterFile,
      ...fragmentFiles,
      python.hubRef,
      python.environmentRef,
      ...sources.refs,
    ],
    doorFirst,
  });
  return state;
}

/** restic, and for SFTP the program that it calls. */
function copyPackages({ repository }: Config["backup"]): string[] {
  if (repository === null) return [];
  return repository.startsWith("sftp:") ? ["restic", "openssh-client"] : ["restic"];
}

/** What the encrypted door's certificate is, or stands on; nothing where there is no such door. */
function addCertificate(state: StateBuilder, { config, certificate }: DesiredInputs): ResourceRef[] {
  if (config.https.mode === "letsencrypt") return addAcmeClient(state);
  return certificate === undefined ? [] : [addOwnCertificate(state, certificate)];
}

/** Starts the current release. Node keeps what it compiled, for root alone, so that the next start is quicker. */
function commandScript({ node }: Release): string {
  return `#!/bin/sh
# Starts the Homeroom release in use. Written by homeroom; changes here are drift.
export NODE_COMPILE_CACHE=/var/cache/homeroom/code
exec ${node} /opt/homeroom/current/dist/homeroom.mjs "$@"
`;
}
