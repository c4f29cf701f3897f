import { HomeroomError } from "../errors.ts";
import type { Host, HostReader } from "../host/host.ts";
import { readAccounts } from "../resources/accounts-file.ts";

/** What a copy says of the machine that it is of, beside the files themselves. */
export interface Manifest {
  version: 1;
  release: string;
  /** ISO 8601, UTC. */
  at: string;
  people: Owner[];
}

/** An account and its numbers, which files are kept under. */
export interface Owner {
  account: string;
  uid: number;
  gid: number;
}

export const manifestPath = "/var/lib/homeroom/backup/manifest.json";

const shape = /^jupyter-(?!\.{1,2}$)[a-z0-9_.@+-]{1,24}$/;

/** Everybody who has a home on this machine. */
export async function peopleWithHomes(host: HostReader): Promise<Owner[]> {
  const { users } = await readAccounts(host);
  return [...users.values()]
    .filter(({ name, home }) => shape.test(name) && home === `/home/${name}`)
    .map(({ name, uid, gid }) => ({ account: name, uid, gid }));
}

/** Writes the manifest of a copy that is about to be made. */
export async function writeManifest(host: Host, manifest: Manifest): Promise<void> {
  await host.makeDirectory("/var/lib/homeroom/backup", { mode: 0o700, uid: 0, gid: 0 });
  await host.write(manifestPath, JSON.stringify(manifest), { mode: 0o600, uid: 0, gid: 0 });
}

/** The manifest of a restored copy. @throws HomeroomError where it is none of Homeroom's */
export async function readManifest(host: HostReader, path: string): Promise<Manifest> {
  const text = (await host.read(path))?.toString("utf8");
  const manifest = text === undefined ? undefined : (JSON.parse(text) as Manifest);
  const isWhole =
    manifest?.version === 1 &&
    manifest.people.every(({ account, uid, gid }) => shape.test(account) && isPersons(uid) && isPersons(gid));
  if (manifest !== undefined && isWhole) return manifest;
  throw new HomeroomError("This is no copy that this version of Homeroom has made.", {
    remedy: "See which there are: sudo homeroom backup list",
  });
}

function isPersons(number: number): boolean {
  return Number.isInteger(number) && number >= 1000 && number < 60_000;
}
