import type { RunOptions } from "./host.ts";

/** What a child needs to reach the network the way this process does, and nothing else of our environment. */
const passedOn = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_CERT",
  "UV_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "UV_HTTP_TIMEOUT",
  "UV_HTTP_RETRIES",
];

/** The environment of a child process: a minimal one, the way to the network, and what the caller adds. */
export function childEnvironment({ env, as }: RunOptions): Record<string, string> {
  const base: Record<string, string> = {
    PATH: process.env["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: as === undefined ? (process.env["HOME"] ?? "/root") : "/nonexistent",
  };
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) base[name] = value;
  }
  // uv does not read pip's variable, and a mirror is usually named only there.
  const mirror = process.env["PIP_INDEX_URL"];
  if (mirror !== undefined && base["UV_INDEX_URL"] === undefined) base["UV_DEFAULT_INDEX"] ??= mirror;
  return { ...base, ...env };
}
