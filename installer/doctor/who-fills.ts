import type { HostReader } from "../host/host.ts";
import { unescapeUnitPart } from "../systemd/unit-escape.ts";

/** Of people whose share is worth naming. */
const atMost = 3;
/** A share of what is taken; less is nobody's fault. */
const worthNaming = 0.05;
/** Milliseconds; where homes are so large that counting takes longer, nobody is named. */
const patience = 60_000;
const privateFolder = /^systemd-private-[0-9a-f]+-homeroom-user@(?<instance>.+)\.service-\w+$/;

interface Share {
  name: string;
  /** Bytes, or files. */
  size: number;
  folders: string[];
}

/**
 * Who fills a file system: the people who have the most on it, in their homes and in the /tmp of their servers.
 * @param target where it is mounted
 * @param count bytes in GB, or files
 * @returns a sentence that begins with a space, or nothing where nobody stands out
 */
export async function whoFills(host: HostReader, target: string, count: "bytes" | "files"): Promise<string> {
  const folders = await onFileSystem(host, target, await foldersOfPeople(host));
  if (folders.size === 0) return "";
  const how = count === "files" ? ["--inodes"] : ["--block-size=1"];
  const argv = ["du", "--summarize", "--one-file-system", ...how, "--", ...folders.keys()];
  const counted = await host.query(argv, { okCodes: [0, 1], timeoutMs: patience }).catch(() => undefined);
  const shares = new Map<string, Share>();
  for (const line of (counted?.stdout ?? "").split("\n")) {
    const [, size = "", folder = ""] = /^(\d+)\t(.*)$/.exec(line) ?? [];
    const name = folders.get(folder);
    if (name === undefined) continue;
    const share = shares.get(name) ?? { name, size: 0, folders: [] };
    shares.set(name, { name, size: share.size + Number(size), folders: [...share.folders, folder] });
  }
  return wordsOf([...shares.values()], count);
}

function wordsOf(shares: readonly Share[], count: "bytes" | "files"): string {
  const all = shares.reduce((sum, { size }) => sum + size, 0);
  const most = shares
    .filter(({ size }) => size >= all * worthNaming && size > (count === "bytes" ? 1e7 : 1000))
    .toSorted((a, b) => b.size - a.size)
    .slice(0, atMost)
    .map(({ name, size, folders }) => {
      const words = count === "bytes" ? `${(size / 1e9).toFixed(2)} GB` : `${size} files`;
      return `${name} (${words} in ${folders.join(" and ")})`;
    });
  return most.length === 0 ? "" : ` The most of it has ${most.join(", then ")}.`;
}

/** Homes, and what systemd made as a server's own /tmp and /var/tmp (PrivateTmp=), with whose they are. */
async function foldersOfPeople(host: HostReader): Promise<Map<string, string>> {
  const homes = (await host.list("/home")).filter((name) => name.startsWith("jupyter-"));
  const folders = new Map(homes.map((name) => [`/home/${name}`, name.slice("jupyter-".length)]));
  for (const parent of ["/tmp", "/var/tmp"]) {
    for (const name of await host.list(parent)) {
      const instance = privateFolder.exec(name)?.groups?.["instance"];
      if (instance === undefined) continue;
      folders.set(`${parent}/${name}`, unescapeUnitPart(instance) ?? instance);
    }
  }
  return folders;
}

async function onFileSystem(
  host: HostReader,
  target: string,
  folders: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  if (folders.size === 0) return new Map();
  const argv = ["df", "--output=target,file", "--", ...folders.keys()];
  const { stdout } = await host.query(argv, { okCodes: [0, 1] });
  const there = new Set(
    stdout.split("\n").flatMap((line) => {
      const [, mount, folder] = /^(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
      return mount === target && folder !== undefined ? [folder] : [];
    }),
  );
  return new Map([...folders].filter(([folder]) => there.has(folder)));
}
