import { readFileSync } from "node:fs";
import { setGlobalProxyFromEnv } from "node:http";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { DownloadOptions } from "./host.ts";

let prepared = false;

/**
 * Fetches a public address the way the rest of this machine would: HTTPS_PROXY and NO_PROXY, the system's
 * certificates (a school's own CA among them).
 * @throws Error naming the address and the answer unless it is 2xx.
 */
export async function download(
  address: string,
  { signal, accept = "*/*", variables = {} }: DownloadOptions,
): Promise<Buffer> {
  prepare(variables);
  const { href, authorization } = withoutCredentials(address);
  const response = await fetch(href, { signal, headers: { accept, ...authorization } });
  if (!response.ok) throw new Error(`${href} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** A mirror's address may hold a name and a password: fetch wants them in a header, and no log may have them. */
export function withoutCredentials(address: string): {
  href: string;
  authorization?: { authorization: string };
} {
  const url = new URL(address);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { href: url.href };
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  return { href: url.href, authorization: { authorization } };
}

/** Proxy and certificates of this machine, once for the process. */
export function prepare(variables: Readonly<Record<string, string>> = {}): void {
  if (prepared) return;
  prepared = true;
  setGlobalProxyFromEnv({ ...process.env, ...variables });
  const own = variables["SSL_CERT_FILE"];
  setDefaultCACertificates([
    ...getCACertificates("default"),
    ...(own === undefined ? getCACertificates("system") : certificatesIn(readFileSync(own, "utf8"))),
  ]);
}

function certificatesIn(bundle: string): string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
