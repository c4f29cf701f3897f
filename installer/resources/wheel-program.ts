import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import type { ResourceKind } from "./resource.ts";

export interface WheelProgramState {
  /** The wheel's file name, as in uv-0.9.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl. */
  wheel: string;
  /** sha256 of the wheel, from the lock. */
  sha256: string;
  /** It is no program but a library: the folder of that name, as it stands in the wheel. */
  library?: true;
  /** A directory that holds the wheel already, where there is no index to ask. */
  wheels?: string;
}

const defaultIndex = "https://pypi.org/simple";
const downloadTimeoutMs = 300_000;

/**
 * A program that PyPI carries in a wheel (uv), or a library that needs no other (py-rattler); its id is the path of the
 * program, or of the library's folder. Fetched by the simple API (PEP 691), checked against the lock, unpacked beside, moved.
 */
export const wheelProgram: ResourceKind<WheelProgramState> = {
  kind: "wheel-program",
  inert: true,
  async read(host, id) {
    const [stamp, program] = await Promise.all([host.read(`${dirname(id)}/wheel.json`), host.stat(id)]);
    return stamp === undefined || program === undefined
      ? undefined
      : (JSON.parse(stamp.toString("utf8")) as WheelProgramState);
  },
  async write(host, id, state, { signal }) {
    const folder = dirname(id);
    await host.removeTree(folder);
    if (state === undefined) return;
    const name = id.slice(folder.length + 1);
    const project = state.wheel.slice(0, state.wheel.indexOf("-")).replaceAll("_", "-");
    const wheel = await fetchWheel(host, project, state, signal);
    const found = createHash("sha256").update(wheel).digest("hex");
    if (found !== state.sha256) {
      throw new HomeroomError(
        `The wheel ${state.wheel} is not the one this release was made with (its hash differs).`,
        {
          remedy:
            "The package index or something on the way to it gives out another file. Nothing of it was used.",
        },
      );
    }
    await unpack(host, folder, name, state, wheel);
  },
  isSame: (is, wanted) => is.wheel === wanted.wheel && is.sha256 === wanted.sha256,
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "fetch"} ${id.slice(id.lastIndexOf("/") + 1)}`,
    affects: { who: "nobody" },
  }),
};

async function fetchWheel(
  host: Host,
  project: string,
  { wheel, wheels }: WheelProgramState,
  signal: AbortSignal,
): Promise<Buffer> {
  if (wheels !== undefined) {
    const content = await host.read(`${wheels}/${wheel}`);
    if (content !== undefined) return content;
    throw new HomeroomError(`${wheel} is not in ${wheels}.`, {
      remedy: "Fetch the offline file of this release again.",
    });
  }
  const index = (process.env["PIP_INDEX_URL"] ?? process.env["UV_DEFAULT_INDEX"] ?? defaultIndex).replace(
    /\/$/,
    "",
  );
  const page = `${index}/${project}/`;
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(downloadTimeoutMs)]);
    const accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
    const listing = await host.download(page, { signal: deadline, accept });
    const address = addressOf(wheel, page, listing.toString("utf8"));
    if (address === undefined) throw new Error(`${page} does not list ${wheel}`);
    return await host.download(address, { signal: deadline });
  } catch (error) {
    throw new HomeroomError(
      `Could not fetch ${project} from the Python package index ${URL.parse(index)?.host ?? "that is set"}.`,
      {
        remedy:
          "Check that this machine reaches it (a proxy is taken from HTTPS_PROXY, a mirror from PIP_INDEX_URL), then run the same command again.",
        cause: error,
      },
    );
  }
}

/** Mirrors answer in JSON (PEP 691) or in HTML (PEP 503); both name the file and its address. */
function addressOf(wheel: string, page: string, listing: string): string | undefined {
  if (listing.trimStart().startsWith("{")) {
    const { files } = JSON.parse(listing) as { files: { filename: string; url: string }[] };
    const file = files.find(({ filename }) => filename === wheel);
    return file === undefined ? undefined : new URL(file.url, page).href;
  }
  const href = [...listing.matchAll(/href="([^"]+)"/g)]
    .map(([, h = ""]) => h)
    .find((h) => h.includes(`/${wheel}`));
  return href === undefined ? undefined : new URL(href.replaceAll("&amp;", "&"), page).href;
}

async function unpack(
  host: Host,
  folder: string,
  name: string,
  state: WheelProgramState,
  wheel: Buffer,
): Promise<void> {
  const root = { uid: 0, gid: 0 };
  await host.makeDirectory(folder, { mode: 0o755, ...root });
  const archive = `${folder}/${state.wheel}`;
  await host.write(archive, wheel, { mode: 0o600, ...root });
  // A wheel is a zip (PEP 427).
  await host.run([
    "python3",
    "-I",
    "-m",
    "zipfile",
    "-e",
    host.realPath(archive),
    host.realPath(`${folder}/unpacked`),
  ]);
  const from =
    state.library === true ? `${folder}/unpacked/${name}` : await programIn(host, folder, name, state);
  await host.rename(from, `${folder}/${name}`);
  await host.removeTree(`${folder}/unpacked`);
  await host.remove(archive);
  await host.write(`${folder}/wheel.json`, JSON.stringify(state), { mode: 0o644, ...root });
}

/** The programs of a wheel stand in <name>-<version>.data/scripts (PEP 427). */
async function programIn(
  host: Host,
  folder: string,
  name: string,
  state: WheelProgramState,
): Promise<string> {
  const data = (await host.list(`${folder}/unpacked`)).find((entry) => entry.endsWith(".data"));
  if (data === undefined)
    throw new HomeroomError(`${state.wheel} holds no program.`, { remedy: "Please report it." });
  const program = `${folder}/unpacked/${data}/scripts/${name}`;
  await host.run(["chmod", "0755", host.realPath(program)]);
  return program;
}
