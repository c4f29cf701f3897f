import { readdir, readFile, readlink } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { nodeAt } from "../../../config/document.ts";
import type { MachineFacts } from "../../../config/facts.ts";
import { parse } from "../../../config/parse.ts";

/** What the rules ask of this machine. Without root the programs behind ports are not known: no port counts as taken. */
export async function readMachineFacts(config: Uint8Array, root = "/"): Promise<MachineFacts> {
  const certificate = await certificateIn(config, root);
  return {
    memory: totalmem(),
    cores: availableParallelism(),
    listeners: root === "/" && process.getuid?.() === 0 ? await readListeners() : [],
    now: Date.now(),
    ...(certificate && { certificate }),
  };
}

/** Of the certificate that the config names; Node's cryptography is slow to load, and most configs name none. */
async function certificateIn(config: Uint8Array, root: string): Promise<MachineFacts["certificate"]> {
  const tree = parse(new TextDecoder().decode(config)).root;
  const [key, cert] = ["key", "cert"].map((name) => {
    const node = tree && nodeAt(tree, ["https", "tls", name]);
    return node?.kind === "scalar" ? node.text : "";
  });
  if (!key || !cert) return undefined;
  const { readCertificate } = await import("./read-certificate.ts");
  return readCertificate(join(root, key), join(root, cert));
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
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== "1");
  const found = await Promise.all(processes.map(async (pid) => listenersOf(pid, ports)));
  return found.flat();
}

async function listenersOf(
  pid: string,
  ports: ReadonlyMap<string, number>,
): Promise<{ port: number; program: string }[]> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    files.map(async (file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => "")),
  );
  const own = new Set(targets.map((target) => ports.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "")));
  own.delete(undefined);
  if (own.size === 0) return [];
  const cgroup = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
  if (cgroup.includes("homeroom")) return [];
  const program = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "another program")).trim();
  return [...own].map((port) => ({ port: port ?? 0, program }));
}
