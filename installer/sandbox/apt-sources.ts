import type { Host, HostReader } from "../host/host.ts";
import type { MachineImage } from "./state.ts";

/** The keyring by which apt checks Debian's archive, in both releases. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Settings of this machine's apt that say how the mirror is reached; a guest needs the same ones. */
const wanted = /^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy(::[^ ]*)?|https::CaInfo) "/;

/** sources.list of a guest: main, updates and security of its release, from the mirror that this machine uses. */
export async function aptSources(host: HostReader, image: MachineImage): Promise<string> {
  const uris = await hostUris(host);
  const archive = uris.find((uri) => /\/debian\/?$/.test(uri)) ?? "http://deb.debian.org/debian";
  const security =
    uris.find((uri) => /\/debian-security\/?$/.test(uri)) ?? "http://deb.debian.org/debian-security";
  return [
    `deb [signed-by=${keyring}] ${archive} ${image} main`,
    `deb [signed-by=${keyring}] ${archive} ${image}-updates main`,
    `deb [signed-by=${keyring}] ${security} ${image}-security main`,
    "",
  ].join("\n");
}

/** The lines of this machine's apt configuration that a guest needs, as in apt.conf(5). */
export async function aptConfiguration(host: HostReader): Promise<string[]> {
  const { stdout, exitCode } = await host.query(["apt-config", "dump"], {
    okCodes: [0, 1, 100],
    timeoutMs: 10_000,
  });
  return exitCode === 0 ? stdout.split("\n").filter((line) => wanted.test(line)) : [];
}

/** The same for mmdebstrap's command line; a proxy's password would show there, so proxies go by the environment. */
export async function aptOptions(host: Host): Promise<string[]> {
  const lines = await aptConfiguration(host);
  return lines.filter((line) => !line.includes("Proxy")).map((line) => `--aptopt=${line}`);
}

async function hostUris(host: HostReader): Promise<string[]> {
  const directory = "/etc/apt/sources.list.d";
  const names = (await host.list(directory)).filter((name) => /\.(list|sources)$/.test(name));
  const uris: string[] = [];
  for (const path of ["/etc/apt/sources.list", ...names.map((name) => `${directory}/${name}`)]) {
    const text = (await host.read(path))?.toString() ?? "";
    for (const line of text.split("\n")) {
      if (/^(deb\s|URIs:)/.test(line)) uris.push(...(line.match(/https?:\/\/\S+/g) ?? []));
    }
  }
  return uris;
}
