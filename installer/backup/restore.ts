import { dirname } from "node:path/posix";
import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { takeUid } from "../resources/uid-ledger.ts";
import { manifestPath, readManifest, type Manifest, type Owner } from "./manifest.ts";
import { pathInHome, placeFile } from "./place-file.ts";
import { placeHome, type PlacedHome } from "./place-home.ts";
import { claimNumbers, placeDatabases, placeFiles, placeSnapshots } from "./place-state.ts";
import { restic, type Repository } from "./repository.ts";
import { openStaging, settle, sweepStaging, type Staging } from "./staging.ts";

export interface RestoreOptions {
  repository: Repository;
  /** restic's id of the copy. */
  copy: string;
  report: (words: string) => void;
}

export interface Restored {
  homes: PlacedHome[];
  /** In the names of what was kept aside. */
  id: string;
}

/**
 * Brings a whole copy onto this machine. First all of it is fetched, beside what it replaces, and on disk; what is
 * there is kept. The config is in place then, but nobody has applied it yet.
 * @throws HomeroomError where it could not be fetched, with nothing changed
 */
export async function restoreAll(host: Host, options: RestoreOptions): Promise<Restored> {
  const staging = await openStaging(host);
  try {
    options.report("Fetching the copy");
    await fetch(host, options, staging.state, ["--exclude=/home"]);
    const manifest = await readManifest(host, `${staging.state}${manifestPath}`);
    await fetch(host, options, staging.homes, ["--include=/home"]);
    options.report("Putting it into place; what is there is kept");
    const homes = await placeHomes(host, staging, manifest);
    await placeFiles(host, staging);
    await placeDatabases(host, staging);
    await placeSnapshots(host, staging);
    await settle(host, "/var/lib/homeroom");
    return { homes, id: staging.id };
  } finally {
    await sweepStaging(host);
  }
}

async function placeHomes(host: Host, staging: Staging, { people }: Manifest): Promise<PlacedHome[]> {
  const numbers = await claimNumbers(host, people);
  const placed: PlacedHome[] = [];
  for (const was of people) {
    if ((await host.stat(`${staging.homes}/home/${was.account}`))?.kind !== "directory") continue;
    const is = numbers.get(was.account) ?? (await newNumber(host, was));
    placed.push(await placeHome(host, staging, was, is));
  }
  return placed;
}

/** Somebody else has the number by now. */
async function newNumber(host: Host, { account }: Owner): Promise<Owner> {
  const uid = await takeUid(host, account, `/home/${account}`);
  return { account, uid, gid: uid };
}

/** Brings back the home of one person, who has an account here; theirs of now is kept beside it. */
export async function restoreHome(host: Host, account: string, options: RestoreOptions): Promise<Restored> {
  return withPerson(host, account, options, escaped(`/home/${account}`), async (staging, was, is) => {
    if ((await host.stat(`${staging.homes}/home/${account}`))?.kind !== "directory")
      throw notThere(options.copy, account);
    return [await placeHome(host, staging, was, is)];
  });
}

/** Brings back one file or folder of a person's home; the one of now is kept beside it. */
export async function restoreFile(
  host: Host,
  { account, typed }: { account: string; typed: string },
  options: RestoreOptions,
): Promise<{ path: string; kept: string | undefined }> {
  const path = pathInHome(account, typed);
  let kept: string | undefined;
  await withPerson(host, account, options, escaped(`/home/${account}/${path}`), async (staging, was, is) => {
    const home = `${staging.homes}/home/${account}`;
    if ((await host.stat(`${home}/${path}`)) === undefined) throw notThere(options.copy, typed);
    await handOver(host, home, path, was, is);
    kept = await placeFile(host, staging, { account, path, as: { uid: is.uid, gid: is.gid } });
    return [];
  });
  return { path, kept };
}

async function withPerson(
  host: Host,
  account: string,
  options: RestoreOptions,
  include: string,
  place: (staging: Staging, was: Owner, is: Owner) => Promise<PlacedHome[]>,
): Promise<Restored> {
  const staging = await openStaging(host);
  try {
    options.report("Fetching the copy");
    await fetch(host, options, staging.state, [`--include=${manifestPath}`]);
    const manifest = await readManifest(host, `${staging.state}${manifestPath}`);
    const was = manifest.people.find((owner) => owner.account === account);
    if (was === undefined) throw notThere(options.copy, account);
    await fetch(host, options, staging.homes, [`--include=${include}`]);
    const is = (await claimNumbers(host, [was])).get(account) ?? (await newNumber(host, was));
    return { homes: await place(staging, was, is), id: staging.id };
  } finally {
    await sweepStaging(host);
  }
}

/** What restic makes is whole and on disk when this returns. */
async function fetch(
  host: Host,
  { repository, copy }: RestoreOptions,
  target: string,
  which: string[],
): Promise<void> {
  await restic(host, repository, [
    "restore",
    copy,
    `--target=${host.realPath(target)}`,
    ...which,
    "--verify",
  ]);
  // People pass through it to what is theirs, and see nothing.
  if ((await host.stat(`${target}/home`)) !== undefined)
    await host.run(["chmod", "0711", "--", `${target}/home`]);
  await settle(host, target);
}

/** A file, and the folders on the way to it, which restic made as root's: from here on its owner moves it. */
async function handOver(host: Host, home: string, path: string, was: Owner, is: Owner): Promise<void> {
  const folders: string[] = [];
  for (let folder = dirname(`${home}/${path}`); folder.startsWith(home); folder = dirname(folder))
    folders.push(folder);
  await host.run(["chmod", "0700", "--", ...folders]);
  await host.run(["chown", "--no-dereference", `${is.uid}:${is.gid}`, "--", ...folders]);
  const from = `--from=${was.uid}:${was.gid}`;
  await host.run([
    "chown",
    "--recursive",
    "--no-dereference",
    from,
    `${is.uid}:${is.gid}`,
    "--",
    `${home}/${path}`,
  ]);
}

/** restic takes what is included for a pattern (its documentation, "Excluding Files"). */
function escaped(path: string): string {
  return path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
}

function notThere(copy: string, what: string): HomeroomError {
  return new HomeroomError(`${what} is not in the copy ${copy}.`, {
    remedy: "Another copy may have it: sudo homeroom backup list",
  });
}
