import { posix } from "node:path";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";

/** As many as the kernel follows (path_resolution(7)). */
const mostLinks = 40;

/**
 * Where a path leads. A link in its last part is followed only as far as root alone decides where it leads: whoever
 * else could change that would rule the machine.
 * @throws HomeroomError (exit code 78) naming the folder that somebody else may change, or a link that leads nowhere.
 */
export async function followTrusted(host: HostReader, path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < mostLinks; links += 1) {
    if ((await host.stat(target))?.kind !== "link") return target;
    const next = posix.resolve(posix.dirname(target), (await host.readLink(target)) ?? "");
    await requireRootsFolder(host, next, path);
    target = next;
  }
  throw new HomeroomError(`${path} is a link that leads nowhere.`, {
    remedy: "Put the file itself there.",
    exitCode: exitCodes.invalidConfig,
  });
}

/** All of its folders have to be root's and no links; links among them could lead through others' hands. */
async function requireRootsFolder(host: HostReader, path: string, link: string): Promise<void> {
  for (let folder = posix.dirname(path); folder !== "/"; folder = posix.dirname(folder)) {
    const stat = await host.stat(folder);
    const rootsOwn = stat?.kind === "directory" && stat.uid === rootOf(host) && (stat.mode & 0o022) === 0;
    if (rootsOwn) continue;
    throw new HomeroomError(`${link} is a link to ${path}, and not only root may change ${folder}.`, {
      remedy:
        "Put the file itself into /etc/homeroom, or link to a folder that is root's alone, without links.",
      exitCode: exitCodes.invalidConfig,
    });
  }
}

/** The number of whoever owns the machine: with another root, for tests, everything is the account's own. */
export function rootOf(host: HostReader): number {
  return host.realPath("/") === "/" ? 0 : (process.getuid?.() ?? 0);
}
