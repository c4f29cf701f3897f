import { exitCodes, HomeroomError } from "../errors.ts";
import type { FileStat, HostReader } from "../host/host.ts";
import { followTrusted, rootOf } from "./trusted-path.ts";

const home = "/etc/homeroom";

export interface HandMadeFile {
  name: string;
  /** As the admin knows it, below /etc/homeroom. */
  path: string;
  /** Where the file lies, links followed. */
  target: string;
  mode: number;
}

/**
 * The files that an admin put into a folder below /etc/homeroom for the hub or root to run, by name. What begins with
 * a dot or ends as editors' copies do (`~`, `.bak`, `.dpkg-old`) does not count.
 * @param folder below /etc/homeroom, as "hooks/after-apply.d"
 * @param isName whether a file may have that name
 * @throws HomeroomError (exit code 78) where anybody but root could change what is run, or a name is none.
 */
export async function readHandMade(
  host: HostReader,
  folder: string,
  { isName, names }: { isName: RegExp; names: string },
): Promise<HandMadeFile[]> {
  const path = `${home}/${folder}`;
  if ((await host.stat(path))?.kind === "link") await requireRootsOwn(host, path);
  const found = (await host.list(path)).filter((name) => !/^\.|~$|\.(?:bak|old|swp|dpkg-[a-z]+)$/.test(name));
  if (found.length === 0) return [];
  await requireRootsOwn(host, home);
  const parts = folder.split("/");
  for (const [index] of parts.entries()) {
    await requireRootsOwn(host, [home, ...parts.slice(0, index + 1)].join("/"));
  }
  return Promise.all(found.map((name) => readOne(host, `${path}/${name}`, { name, isName, names })));
}

async function readOne(
  host: HostReader,
  path: string,
  { name, isName, names }: { name: string; isName: RegExp; names: string },
): Promise<HandMadeFile> {
  if (!isName.test(name)) {
    refuse(
      `${JSON.stringify(path)} is not used: ${names}.`,
      "Give it another name, or move it out of the folder.",
    );
  }
  const target = await followTrusted(host, path);
  const stat = await requireRootsOwn(host, target);
  if (stat.kind !== "file") refuse(`${path} is not a file.`, "Put the file itself there, or take this away.");
  return { name, path, target, mode: stat.mode };
}

/** Whoever could write it would have what it is run with. */
async function requireRootsOwn(host: HostReader, path: string): Promise<FileStat> {
  const stat = await host.stat(path);
  if (stat === undefined) return refuse(`${path} is not there any more.`, "Type the same command again.");
  if (stat.kind !== "link" && stat.uid === rootOf(host) && (stat.mode & 0o022) === 0) return stat;
  return refuse(
    stat.kind === "link"
      ? `${path} is a link; what is run from there has to lie there itself.`
      : `Not only root may change ${path}, so nothing is run from it.`,
    stat.kind === "link"
      ? "Put the folder itself there."
      : `Look who wrote what is in it, then: sudo chown root: ${path} && sudo chmod go-w ${path}`,
  );
}

function refuse(message: string, remedy: string): never {
  throw new HomeroomError(message, { remedy, exitCode: exitCodes.invalidConfig });
}
