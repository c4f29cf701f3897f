import type { Config } from "../../config/config.ts";
import { desiredState } from "../desired/desired-state.ts";
import type { Release } from "../desired/release.ts";
import type { DesiredState } from "../desired/state-builder.ts";
import { environmentLink } from "../desired/python.ts";
import { isBuiltFor, type EnvironmentInUse } from "../desired/shared-environment.ts";
import { writtenSince } from "../apply/recover.ts";
import { currentGeneration, type Generation } from "../generations/generations.ts";
import type { HostReader } from "../host/host.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { hashOf } from "../resources/hash.ts";
import type { Resource } from "../resources/resource.ts";
import { readFacts, type Facts } from "../resources/facts.ts";
import { readKnownAccounts } from "../resources/known-accounts.ts";
import { isKnownKind } from "../resources/kinds.ts";
import { readMachineSources } from "../resources/package-sources.ts";
import { pythonEnvironment } from "../resources/python-environment.ts";
import { readLoadedSlices } from "../resources/user-slice.ts";
import { latestSnapshot, readSnapshot } from "../resources/snapshots.ts";
import { readClassCode, readFirstPasswords } from "./first-passwords-file.ts";
import { readCertificate } from "./read-certificate.ts";
import { readConfig, type ReadConfig } from "./read-config.ts";
import { readHubFragments } from "./read-hub-fragments.ts";
import { readRelease } from "./read-release.ts";

/** Everything that a plan follows from, read once. */
export interface Situation {
  read: ReadConfig;
  facts: Facts;
  release: Release;
  generation: Generation | undefined;
  /** What the generation, and tasks since that did not come to their end, wrote. */
  lastWritten: Resource[];
  desired: DesiredState;
  plan: Plan;
}

export interface SituationOptions {
  drift: "keep" | "take";
  /** A directory of wheels, for a machine without an index. */
  wheels?: string | undefined;
  /** A first install shows its progress on the front door. */
  progressPage?: boolean | undefined;
  /** A text to be written into the config's file and to go by, instead of the one that is there. */
  configText?: string | undefined;
  /** A lower memory limit holds at once even where more is in use. */
  force?: boolean | undefined;
  /** The shared environment is to be another one although the config asks for the same packages. */
  rebuild?: RebuildRequest | undefined;
}

export interface RebuildRequest {
  /** The snapshot to give back. */
  restore?: string;
  /** Packages that admins installed by hand and that are to go. */
  without?: readonly string[];
  /** From the config alone. */
  anew?: boolean;
}

/** Reads config, machine and release, and plans; changes nothing. */
export async function readSituation(
  host: HostReader,
  { drift, wheels, rebuild: request, progressPage = false, configText, force = false }: SituationOptions,
): Promise<Situation> {
  const [
    read,
    facts,
    release,
    generation,
    link,
    firstPasswords,
    classCode,
    slices,
    known,
    fragments,
    machineSources,
  ] = await Promise.all([
    readConfig(host, configText),
    readFacts(host),
    readRelease(),
    currentGeneration(host),
    readEnvironmentLink(host),
    readFirstPasswords(host),
    readClassCode(host),
    readLoadedSlices(host),
    readKnownAccounts(host),
    readHubFragments(host),
    readMachineSources(host),
  ]);
  const doorFirst = progressPage && generation === undefined;
  const { config } = read;
  const certificate = await readCertificate(host, config);
  const environmentInUse = link && (await readEnvironmentInUse(host, link, config, facts.python));
  const rebuild = request && {
    ...request,
    restored: request.restore === undefined ? undefined : await readSnapshot(host, request.restore),
  };
  const inputs = {
    config,
    facts,
    release,
    firstPasswords,
    classCode,
    environmentInUse,
    rebuild,
    wheels,
    machineSources,
    certificate,
    fragments,
    firstInstall: generation === undefined,
    doorFirst,
    slices,
    known,
    force,
  };
  const desired = desiredState(inputs);
  if (configText !== undefined) addConfigFile(desired, read.path, configText);
  const since = await writtenSince(host, generation?.number ?? 0);
  // What only a newer release knows stays where it is when that one is left by a rollback.
  const lastWritten = [...(generation?.resources ?? []), ...since].filter(({ kind }) => isKnownKind(kind));
  const plan = await makePlan(host, { desired: desired.resources, lastWritten, drift });
  return { read, facts, release, generation, lastWritten, desired, plan };
}

/** The config's own file, where a release changes it: a step as others, so that undo and recovery put it back. */
function addConfigFile({ resources, contents }: DesiredState, path: string, text: string): void {
  const sha256 = hashOf(text);
  resources.push({ kind: "config-file", id: path, state: { sha256 }, needs: [], adopted: true });
  contents.set(sha256, text);
}

type Link = Pick<EnvironmentInUse, "path" | "state">;

async function readEnvironmentLink(host: HostReader): Promise<Link | undefined> {
  const path = await host.readLink(environmentLink);
  const state = path === undefined ? undefined : await pythonEnvironment.read(host, path);
  return path === undefined || state === undefined ? undefined : { path, state };
}

/** What is installed is looked at only where it matters: where another one is to be built. */
async function readEnvironmentInUse(
  host: HostReader,
  { path, state }: Link,
  config: Config,
  python: string,
): Promise<EnvironmentInUse> {
  if (isBuiltFor(state, config, python)) return { path, state, snapshot: undefined };
  const latest = await latestSnapshot(host);
  return { path, state, snapshot: latest?.environment === path ? latest : undefined };
}
