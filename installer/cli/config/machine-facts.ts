import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import type { CertificateFacts, MachineFacts } from "../../../config/facts.ts";
import { loadConfig } from "../../../config/load.ts";

/** What the rules ask of this machine. Without root the programs behind ports are not known: no port counts as taken. */
export async function readMachineFacts(config: Uint8Array, root = "/"): Promise<MachineFacts> {
  const tls = loadConfig(config, { allowNotYet: true }).written?.https?.tls;
  const certificate = tls?.key && tls.cert ? await readCertificate(tls.key, tls.cert, root) : undefined;
  return {
    memory: totalmem(),
    cores: availableParallelism(),
    listeners: root === "/" && process.getuid?.() === 0 ? await readListeners() : [],
    now: Date.now(),
    ...(certificate && { certificate }),
  };
}

async function readCertificate(keyPath: string, certPath: string, root: string): Promise<CertificateFacts> {
  const [key, cert] = await Promise.all([
    readPart(join(root, keyPath), createPrivateKey),
    readPart(join(root, certPath), (bytes) => new X509Certificate(bytes)),
  ]);
  return {
    ...("problem" in key && { keyProblem: key.problem }),
    ...("problem" in cert && { certProblem: cert.problem }),
    ...("value" in cert && {
      notBefore: Date.parse(cert.value.validFrom),
      notAfter: Date.parse(cert.value.validTo),
    }),
    ...("value" in key && "value" in cert && { matches: cert.value.checkPrivateKey(key.value) }),
  };
}

async function readPart<Part>(
  path: string,
  read: (bytes: Buffer) => Part,
): Promise<{ value: Part } | { problem: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return {
      problem:
        code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "it may not be read" : `${code}`,
    };
  }
  try {
    return { value: read(bytes) };
  } catch {
    return { problem: "it holds something else" };
  }
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
