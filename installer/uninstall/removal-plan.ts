import type { HostReader } from "../host/host.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { refOf, type Resource, type ResourceRef } from "../resources/resource.ts";
import { broughtAlong, unneededPackages } from "./unneeded-packages.ts";

/** The command itself goes last of all: without it an interrupted removal could not be finished. */
export const commandPath = "/usr/local/bin/homeroom";

/** Where the command lies; it goes with it. */
export const programTree = "/opt/homeroom";

/** Whole trees that are ours alone; they go after everything that a plan can name. */
export const wholeTrees: readonly string[] = [
  "/var/lib/homeroom",
  "/var/cache/homeroom",
  "/var/log/homeroom",
  "/run/homeroom",
  "/run/homeroom-servers",
  programTree,
];

export interface Removal {
  plan: Plan;
  /** Packages that Homeroom itself cannot start without: they go after the command. */
  lastPackages: string[];
}

/**
 * What takes away everything that Homeroom made and that nobody else needs. What was there before it (adopted)
 * stays; so does a package that others have come to need.
 * @param begun packages that an earlier removal, which did not come to its end, was going to take away
 */
export async function planRemoval(
  host: HostReader,
  written: readonly Resource[],
  begun: readonly string[],
): Promise<Removal> {
  const brought = await broughtByBootstrap(host);
  const ours = written.filter(({ kind, adopted }) => kind === packageKind && adopted !== true);
  const candidates = [...new Set([...ours.map(({ id }) => id), ...brought, ...begun])];
  const removable = new Set(await unneededPackages(host, candidates));
  const last = brought.filter((name) => removable.has(name));
  const along = [
    ...(await broughtAlong(host, [...removable])),
    ...begun.filter((name) => removable.has(name)),
  ];
  const leave = ({ kind, id }: Resource): boolean =>
    (kind === packageKind && !removable.has(id)) ||
    id === commandPath ||
    wholeTrees.some((folder) => id === folder || id.startsWith(`${folder}/`));
  const kept = written.filter((resource) => !leave(resource));
  const lastWritten = withPackages(
    kept,
    along.filter((name) => !last.includes(name) && !kept.some(isPackage(name))),
  );
  return {
    plan: await makePlan(host, { desired: [], lastWritten, drift: "take", removal: true }),
    lastPackages: last,
  };
}

const packageKind = "apt-package";

function isPackage(name: string): (resource: Resource) => boolean {
  return ({ kind, id }) => kind === packageKind && id === name;
}

/** What came along goes after what it came with, and so after everything that stands on that. */
function withPackages(resources: readonly Resource[], along: readonly string[]): Resource[] {
  const refs: ResourceRef[] = along.map((name) => refOf(packageKind, name));
  return [
    ...resources.map((resource) =>
      resource.kind === packageKind ? { ...resource, needs: [...resource.needs, ...refs] } : resource,
    ),
    ...along.map((id) => ({ kind: packageKind, id, state: { installed: true }, needs: [] })),
  ];
}

/** What bootstrap.sh had to install before there was anybody to keep a manifest: the library that Node needs. */
async function broughtByBootstrap(host: HostReader): Promise<string[]> {
  const text = (await host.read(`${programTree}/.packages`))?.toString("utf8") ?? "";
  return text.split("\n").filter((name) => /^[a-z0-9][a-z0-9.+-]+$/.test(name));
}
