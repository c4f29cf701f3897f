import type { Config } from "../../../config/config.ts";
import { parseEnvironmentSource, sourceInWords } from "../../../config/environment-source.ts";
import { environmentLink } from "../../desired/python.ts";
import { textOf } from "../../desired/release.ts";
import { HomeroomError } from "../../errors.ts";
import { currentGeneration } from "../../generations/generations.ts";
import type { Host, HostReader } from "../../host/host.ts";
import { readFolder } from "../../repo2docker/read-folder.ts";
import { venvPlan } from "../../repo2docker/venv-plan.ts";
import { readFacts, type Facts } from "../../resources/facts.ts";
import { fetchFolder, NotFetched, type FetchedFolder } from "../../resources/fetch-folder.ts";
import type { FolderPart } from "../../resources/folder-part.ts";
import { folderWheels } from "../../resources/folder-wheels.ts";
import { hashOf } from "../../resources/hash.ts";
import { knownFolder } from "../../resources/known-folders.ts";
import { readStamp } from "../../resources/python-environment.ts";
import { narrate } from "../context.ts";
import { interruption } from "../interruption.ts";
import type { Uv } from "../../resources/run-uv.ts";
import { readRelease } from "../read-release.ts";
import { builder } from "./builder.ts";

/**
 * What `environment.from` asks for: as it was fetched for the environment in use, or fetched now where that is another
 * address, or `anew`. Nothing of the machine changes by it but copies of what was fetched.
 * @returns undefined where the config names nothing, or before the first generation, when nobody is there to fetch it
 * @throws HomeroomError with the file and the cause
 */
export async function folderFor(
  host: Host,
  config: Config,
  {
    anew = false,
    readRelease: read = readRelease,
  }: { anew?: boolean; readRelease?: typeof readRelease } = {},
): Promise<FolderPart | undefined> {
  const { from } = config.environment;
  const source = from === null ? undefined : parseEnvironmentSource(from);
  if (from === null || source === undefined) return undefined;
  const inUse = await folderInUse(host, config);
  if (inUse !== undefined && !anew) return inUse;
  if ((await currentGeneration(host)) === undefined) return undefined;
  narrate(`Fetching ${sourceInWords(source)}`);
  const release = await read();
  const { version } = JSON.parse(textOf(release, "templates/locks/uv.json")) as { version: string };
  const { uv, owner } = await builder(host, `/opt/homeroom/runtimes/uv-${version}/uv`);
  const script = `${release.folder}/templates/environment/fetch_source.py`;
  try {
    const found = await fetchFolder(host, source, { script, owner, signal: interruption() });
    return await folderOf(found, { from, address: sourceInWords(source), uv, facts: await readFacts(host) });
  } catch (error) {
    // Whoever goes back to an address of before is not kept from it by a network that is away.
    if (anew || !(error instanceof NotFetched)) throw error;
    const known = await knownFolder(host, sourceHash(from));
    if (known === undefined) throw error;
    narrate(
      `${error.message}\nGoing on with what was fetched of it before (${known.revision.slice(0, 12)}).`,
    );
    return known;
  }
}

/** What was fetched as what an environment is built for; its own packages are built for that. */
async function folderOf(
  found: FetchedFolder,
  { from, address, uv, facts }: { from: string; address: string; uv: Uv; facts: Facts },
): Promise<FolderPart> {
  const request = readFolder(found);
  const plan = venvPlan(request, facts.python);
  const { apt, postBuild, start } = request;
  if (
    plan.requirements.length + request.own.length + apt.length === 0 &&
    postBuild === null &&
    start === null
  )
    refuseNothing(address, plan.notDone);
  const wheels = await folderWheels(uv, found, request.own, facts.python);
  const scripts = { ...(postBuild === null ? {} : { postBuild }), ...(start === null ? {} : { start }) };
  const requirements = [...plan.requirements, ...wheels];
  // Where only names of packages count, another notebook beside them changes nothing.
  const content = request.own.length > 0 || postBuild !== null || start !== null ? found.key : "";
  const asks = hashOf(JSON.stringify([requirements.map(({ text }) => text), apt, scripts, content]));
  const folder: FolderPart = {
    source: sourceHash(from),
    address,
    revision: found.commit ?? found.key,
    key: found.key,
    asks,
    requirements,
    apt,
    ...scripts,
    notDone: plan.notDone,
  };
  for (const line of describeNotDone(folder)) narrate(`Not done: ${line}`);
  return folder;
}

/** What the environment in use was built for, where the config still names the same; undefined otherwise. */
export async function folderInUse(host: HostReader, config: Config): Promise<FolderPart | undefined> {
  const { from } = config.environment;
  if (from === null) return undefined;
  const path = await host.readLink(environmentLink);
  const folder = path === undefined ? undefined : (await readStamp(host, path))?.folder;
  return folder?.source === sourceHash(from) ? folder : undefined;
}

/** For people, one line each: what was asked for and is not done. */
function describeNotDone({ notDone, start }: FolderPart): string[] {
  const limits =
    start === undefined
      ? []
      : [
          `${start}, in part: at each start of a server the variables that it sets within 10 s count, nothing else`,
        ];
  return [
    ...notDone.map(({ what, file, why }) => `${what === file ? file : `${file}, ${what}`}: ${why}`),
    ...limits,
  ];
}

function refuseNothing(address: string, notDone: FolderPart["notDone"]): never {
  const words = notDone.map(({ file, why }) => `${file}: ${why}`);
  throw new HomeroomError(`${address} holds nothing that says what to install.`, {
    remedy: [
      ...words,
      "It needs a requirements.txt, environment.yml, Pipfile, pyproject.toml, setup.py or apt.txt, at its top or in a folder binder/.",
    ].join("\n"),
  });
}

function sourceHash(from: string): string {
  return hashOf(from).slice(0, 16);
}
