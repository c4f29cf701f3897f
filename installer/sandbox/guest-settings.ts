import type { Host, HostReader } from "../host/host.ts";
import { aptConfiguration, aptSources } from "./apt-sources.ts";
import type { MachineImage } from "./state.ts";

const bundle = "/etc/ssl/certs/ca-certificates.crt";

/** Variables by which programs here reach the network; a guest needs the same ones. */
const passedOn = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "UV_INDEX_URL",
  "HOMEROOM_REGISTRY",
];

/** Variables that name a file of certificates, for programs that bring a list of their own. */
const certificateVariables = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PIP_CERT"];

const publicRegistry = "https://registry.npmjs.org";

/** One file of a guest; owned by root. */
export interface GuestFile {
  path: string;
  mode: number;
  content: string | Uint8Array;
}

/**
 * What a new machine gets of this one: its name, name servers, apt's mirror, certificates, and in /etc/environment
 * the proxy and package indexes. Addresses in `file:` are left out: the guest has no such files.
 */
export async function guestSettings(
  host: Host,
  machine: { name: string; image: MachineImage; resolver?: string },
  environment: NodeJS.ProcessEnv = process.env,
): Promise<GuestFile[]> {
  const certificates = await host.read(bundle);
  const registry = await npmRegistry(host);
  const hints: Record<string, string> = {};
  for (const name of passedOn) {
    const value = environment[name];
    if (value !== undefined && !value.includes("file:")) hints[name] = value;
  }
  if (certificates !== undefined) for (const name of certificateVariables) hints[name] = bundle;
  if (registry !== undefined) hints["npm_config_registry"] = registry;

  const plain = (path: string, content: string | Uint8Array): GuestFile => ({ path, mode: 0o644, content });
  return [
    plain("/etc/hostname", `${machine.name}\n`),
    plain("/etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${machine.name}\n::1 localhost ip6-localhost\n`),
    plain("/etc/resolv.conf", machine.resolver ?? (await resolver(host))),
    plain("/etc/apt/sources.list", await aptSources(host, machine.image)),
    plain(
      "/etc/apt/apt.conf.d/90sandbox",
      (await aptConfiguration(host)).map((line) => `${line}\n`).join(""),
    ),
    // A proxy's address may hold a password.
    { path: "/etc/environment", mode: 0o600, content: environmentFile(hints) },
    ...(certificates === undefined ? [] : ownAuthorities(certificates.toString(), plain)),
  ];
}

/**
 * /etc/environment as both pam_env(8) and a shell read it. A value with characters that the two read differently
 * can't be written and is left out.
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([, value]) => !/["$`\\\n#]/.test(value))
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

/**
 * This machine's bundle for the guest's programs, and each certificate by itself where update-ca-certificates
 * looks, so that the bundle it makes anew has them too.
 */
function ownAuthorities(
  certificates: string,
  plain: (path: string, content: string) => GuestFile,
): GuestFile[] {
  const single = certificates.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return [
    plain(bundle, certificates),
    ...single.map((certificate, index) =>
      plain(`/usr/local/share/ca-certificates/sandbox-${index}.crt`, `${certificate}\n`),
    ),
  ];
}

/** Name servers on a loopback address can't be reached from another network; systemd-resolved names the real ones. */
async function resolver(host: HostReader): Promise<string> {
  const candidates = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
  for (const path of candidates) {
    const target = (await host.stat(path))?.kind === "link" ? await host.readLink(path) : undefined;
    const text = (
      await host.read(target === undefined ? path : new URL(target, `file://${path}`).pathname)
    )?.toString();
    const servers = (text ?? "").split("\n").filter((line) => /^nameserver\s+(?!127\.|::1)/.test(line));
    if (servers.length > 0) return `${servers.join("\n")}\n`;
  }
  return "nameserver 9.9.9.9\n";
}

/** The registry that npm is set to here, where it is another one than npm's own. */
async function npmRegistry(host: HostReader): Promise<string | undefined> {
  const asked = await host.query(["/bin/sh", "-c", "command -v npm >/dev/null && npm config get registry"], {
    okCodes: Array.from({ length: 256 }, (_, code) => code),
    timeoutMs: 20_000,
  });
  const registry = asked.stdout.trim().replace(/\/$/, "");
  return asked.exitCode === 0 && /^https?:/.test(registry) && registry !== publicRegistry
    ? `${registry}/`
    : undefined;
}
