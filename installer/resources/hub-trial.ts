import type { Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { resolveOwner } from "./accounts-file.ts";
import { readBlob } from "./blobs.ts";
import type { ResourceKind } from "./resource.ts";

/** What a dry start of the hub was made with. */
export interface HubTrialState {
  /** The hub's environment. */
  hub: string;
  /** The release's folder of the hub's Python, and a hash of what is in it. */
  scripts: string;
  scriptsHash: string;
  /** sha256 of hub.json. */
  hubJson: string;
  /** sha256 of each file of the admin's, by its name. */
  fragments: Readonly<Record<string, string>>;
  /** Settings of the hub's unit that say what it may do. */
  properties: readonly string[];
}

interface TrialProblem {
  file: string | null;
  line: number | null;
  message: string;
}

const markers = "/var/lib/homeroom/tried";
const staging = "/run/homeroom/trial";
const compiled = "/var/lib/homeroom/compiled";
const state = "/var/lib/homeroom/hub";
const unit = "homeroom-hub-trial.service";
/** A slow machine takes this long to start a hub. */
const timeoutMs = 240_000;
/** Going back and forth between a few needs no new trial. */
const mostMarkers = 20;

/**
 * A dry start of the hub with the admin's own configuration; its id is a hash of what it is made with. It runs as the
 * hub's account, with the hub's restrictions, in a unit that has copies of the hub's state and an empty /run/homeroom.
 */
export const hubTrial: ResourceKind<HubTrialState> = {
  kind: "hub-trial",
  inert: true,
  async read(host, id) {
    const text = await host.read(`${markers}/${id}`);
    return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as HubTrialState);
  },
  async write(host, id, wanted) {
    const root = { uid: 0, gid: 0 };
    if (wanted === undefined) return host.remove(`${markers}/${id}`);
    await stage(host, wanted);
    try {
      refuseProblems(await runTrial(host, wanted));
    } finally {
      await host.removeTree(staging);
    }
    await host.makeDirectory(markers, { mode: 0o700, ...root });
    const older = await host.list(markers);
    if (older.length >= mostMarkers) for (const name of older) await host.remove(`${markers}/${name}`);
    await host.write(`${markers}/${id}`, JSON.stringify(wanted), { mode: 0o600, ...root });
  },
  describe: ({ after }) => ({
    words: `try the hub with ${Object.keys(after?.fragments ?? {}).join(", ")}`,
    affects: { who: "nobody" },
  }),
};

/** The compiled files as they are to be, for the hub's account to read. */
async function stage(host: Host, { hubJson, fragments }: HubTrialState): Promise<void> {
  const owner = await resolveOwner(host, "root", "homeroom-hub");
  const put = async (name: string, content: Uint8Array) =>
    host.write(`${staging}/${name}`, content, { mode: 0o640, ...owner });
  await host.removeTree(staging);
  await host.makeDirectory(staging, { mode: 0o750, ...owner });
  await host.makeDirectory(`${staging}/jupyterhub_config.d`, { mode: 0o750, ...owner });
  await put("hub.json", await readBlob(host, hubJson));
  for (const name of ["roster.json", "notices.json"]) {
    const content = await host.read(`${compiled}/${name}`);
    if (content !== undefined) await put(name, content);
  }
  for (const [name, sha256] of Object.entries(fragments)) {
    await put(`jupyterhub_config.d/${name}`, await readBlob(host, sha256));
  }
}

async function runTrial(host: Host, { hub, scripts, properties }: HubTrialState): Promise<TrialProblem[]> {
  const own = [
    ...properties,
    `TemporaryFileSystem=/run/homeroom:mode=0777 ${state}:mode=0777`,
    `BindReadOnlyPaths=${state}:/run/homeroom/state ${staging}:${compiled}`,
    // Nothing of it reaches systemd: a trial starts and stops no server.
    "InaccessiblePaths=-/run/dbus -/run/systemd/private",
    `RuntimeMaxSec=${timeoutMs / 1000}`,
    "MemoryMax=1G",
    "KillMode=control-group",
  ];
  const { stdout, stderr } = await host.run(
    [
      "systemd-run",
      "--quiet",
      "--pipe",
      "--wait",
      "--collect",
      "--service-type=exec",
      `--unit=${unit}`,
      ...own.map((property) => `--property=${property}`),
      "--",
      `${hub}/bin/python`,
      "-I",
      `${scripts}/try_configuration.py`,
    ],
    { timeoutMs: timeoutMs + 30_000, okCodes: Array.from({ length: 256 }, (_, code) => code) },
  );
  const answer = /^\{"problems": .*\}$/m.exec(stdout)?.[0];
  if (answer !== undefined) {
    const { problems } = JSON.parse(answer) as { problems: TrialProblem[] };
    const [unplaced] = problems.filter(({ file }) => file === null);
    return unplaced === undefined
      ? problems
      : [{ ...unplaced, message: `${unplaced.message}\n${lastLines(stderr)}` }];
  }
  return [{ file: null, line: null, message: `it ended without a word:\n${lastLines(stderr)}` }];
}

function refuseProblems(problems: readonly TrialProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, message }) =>
    file === null ? `The hub did not start with it: ${message}` : `${file}, line ${line}: ${message}`,
  );
  throw new HomeroomError(lines.join("\n"), {
    remedy: "That was a dry start: the hub that is in use runs as before. Correct the file, or take it away.",
  });
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-12).join("\n");
}
