import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { nodeAt, type ConfigNode } from "../../../config/document.ts";
import type { MachineFacts } from "../../../config/facts.ts";
import { parse } from "../../../config/parse.ts";

/** What the rules ask of this machine. Without root the programs behind ports are not known: no port counts as taken. */
export async function readMachineFacts(config: Uint8Array, root = "/"): Promise<MachineFacts> {
  const tree = parse(new TextDecoder().decode(config)).root;
  const certificate = await certificateIn(tree, root);
  const skel = textAt(tree, ["classroom", "skel"]);
  const skelProblem = skel === "" ? undefined : await problemOfSkel(join(root, skel));
  return {
    memory: totalmem(),
    cores: availableParallelism(),
    listeners: root === "/" && process.getuid?.() === 0 ? await readListeners() : [],
    now: Date.now(),
    ...(certificate && { certificate }),
    ...(skelProblem !== undefined && { skelProblem }),
  };
}

/** Students read it with their own rights, and nobody may put something into the homes of others. */
async function problemOfSkel(path: string): Promise<string | undefined> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return "there is no such directory";
  if (!there.isDirectory()) return "it is no directory";
  if ((there.mode & 0o002) !== 0) return "everybody can change it";
  return (there.mode & 0o005) === 0o005 ? undefined : "students may not read it";
}

/** Of the certificate that the config names; Node's cryptography is slow to load, and most configs name none. */
async function certificateIn(
  tree: ConfigNode | undefined,
  root: string,
): Promise<MachineFacts["certificate"]> {
  const [key, cert] = ["key", "cert"].map((name) => textAt(tree, ["https", "tls", name]));
  if (!key || !cert) return undefined;
  const { readCertificate } = await import("./read-certificate.ts");
  return readCertificate(join(root, key), join(root, cert));
}

/** "" where nothing, or no text, is written. */
function textAt(tree: ConfigNode | undefined, path: readonly string[]): string {
  const node = tree && nodeAt(tree, path);
  return node?.kind === "scalar" ? node.text : "";
}

/** TCP ports that listen, with their programs; without those that systemd holds and those of Homeroom's services. */
async function readListeners(): Promise<{ port: number; program: string }[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const ports = new Map<string, number>();
  for (const line of tables.join("\n").split("\n")) {
    // proc(5): local address, remote address, state (0A is LISTEN), …, inode.
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
    if (fields[3] === "0A" && port > 0) ports.set(fields[9] ?? "", port);
  }
  // What systemd holds is nobody else's, though a program that it is about to start still has it too.
  for (const inode of await socketsOf("1")) ports.delete(inode);
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== "1");
  const found = await Promise.all(processes.map(async (pid) => listenersOf(pid, ports)));
  return found.flat();
}

async function listenersOf(
  pid: string,
  ports: ReadonlyMap<string, number>,
): Promise<{ port: number; program: string }[]> {
  const own = new Set((await socketsOf(pid)).map((inode) => ports.get(inode)));
  own.delete(undefined);
  if (own.size === 0) return [];
  const cgroup = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
  if (cgroup.includes("homeroom")) return [];
  const program = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "another program")).trim();
  return [...own].map((port) => ({ port: port ?? 0, program }));
}

/** Inodes of the sockets that a process has open. */
async function socketsOf(pid: string): Promise<string[]> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    files.map(async (file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => "")),
  );
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}
