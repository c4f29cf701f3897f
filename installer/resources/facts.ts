import type { HostReader } from "../host/host.ts";
import { readDpkg } from "./dpkg-status.ts";
import { HomeroomError } from "../errors.ts";

/** What was read of this machine. */
export interface Facts {
  os: { id: string; version: string; name: string };
  architecture: "x86_64" | "aarch64";
  /** Bytes. */
  memory: number;
  /** The system's Python as "3.11". */
  python: string;
  /** Whether a socket for every address is an IPv6 one. */
  ipv6: boolean;
  /** systemd's version; 254 and later know more keys. */
  systemd: number;
}

/**
 * Reads the facts without starting a process.
 * @throws HomeroomError where the machine lacks what Homeroom stands on.
 */
export async function readFacts(host: HostReader): Promise<Facts> {
  const [release, memory, python, dpkg, ipv6] = await Promise.all([
    // /etc/os-release is a link to it (os-release(5)).
    host.read("/usr/lib/os-release"),
    readMemory(host),
    host.readLink("/usr/bin/python3"),
    readDpkg(host, ["systemd"]),
    host.read("/proc/net/if_inet6"),
  ]);
  const os = osOf(release?.toString("utf8") ?? "");
  return {
    os,
    architecture: process.arch === "arm64" ? "aarch64" : "x86_64",
    memory,
    python: pythonOf(python),
    ipv6: ipv6 !== undefined && ipv6.length > 0,
    systemd: Number.parseInt(dpkg.get("systemd")?.version ?? "0", 10),
  };
}

/** The machine's memory in bytes. */
export async function readMemory(host: HostReader): Promise<number> {
  const text = (await host.read("/proc/meminfo"))?.toString("utf8") ?? "";
  return 1024 * Number(/^MemTotal:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}

/** os-release(5): KEY=value lines, values possibly quoted. */
function osOf(text: string): Facts["os"] {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return { id: value("ID"), version: value("VERSION_ID"), name: value("PRETTY_NAME") };
}

function pythonOf(target: string | undefined): string {
  const version = /python(3\.\d+)$/.exec(target ?? "")?.[1];
  if (version !== undefined) return version;
  throw new HomeroomError("There is no /usr/bin/python3 on this machine.", {
    remedy: "Install it with `sudo apt-get install python3`, then run the same command again.",
  });
}
