import type { Config } from "../../config/config.ts";
import type { HostReader } from "../host/host.ts";

/** What a check found wrong, in words, with what to do. */
export interface HealthProblem {
  check: string;
  message: string;
  remedy: string;
  /** The unit whose log says more. */
  unit: string;
}

export interface HealthOptions {
  /** Milliseconds that a service which is just starting gets. */
  patienceMs: number;
}

const requestTimeoutMs = 10_000;
const pauseMs = 50;
/** An error that is still the answer after this long is what the config does, not a service that is starting. */
const errorPatienceMs = 10_000;
/** What the proxy answers, and servers in front of it, for a hub that is not there yet. */
const notYet = new Set([502, 503, 504]);

/**
 * Asks the hub for its health and its login page, through the front door as a browser would. Any other
 * answer than the hub's own 200 is a problem.
 */
export async function checkHealth(
  host: HostReader,
  config: Config,
  { patienceMs }: HealthOptions,
): Promise<HealthProblem[]> {
  const door = frontDoor(config);
  const health = await answer(host, `${door}hub/health`, patienceMs);
  if (health === undefined) {
    return [problem("front door", `Nobody answers at ${door}.`, "homeroom-proxy@a.service")];
  }
  if (health.status !== 200) {
    return [
      problem("hub", `The hub answers its health check with ${health.status}.`, "homeroom-hub.service"),
    ];
  }
  const login = await answer(host, `${door}hub/login`, patienceMs);
  // An authenticator of another site answers with a redirect to it.
  if (login !== undefined && login.status < 400) return [];
  return [
    problem("login page", `The login page answers ${login?.status ?? "nothing"}.`, "homeroom-hub.service"),
  ];
}

/** The hub's address on this machine itself, with a slash at the end. */
export function frontDoor({ http, https, baseUrl }: Config): string {
  const { address, port } = https.enabled ? https : http;
  const name = address === "" || address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  return `http${https.enabled ? "s" : ""}://${name.includes(":") ? `[${name}]` : name}:${port}${baseUrl}`;
}

/** Asks until the answer is good, or stays an error of the hub's own, or patience ends; the last answer. */
async function answer(host: HostReader, address: string, patienceMs: number) {
  const began = performance.now();
  let firstError: number | undefined;
  while (true) {
    const left = Math.max(began + patienceMs - performance.now(), 1_000);
    const response = await host.get(address, { timeoutMs: Math.min(requestTimeoutMs, left) });
    if (response !== undefined && response.status < 400) return response;
    const now = performance.now();
    firstError = response === undefined || notYet.has(response.status) ? undefined : (firstError ?? now);
    const tired = firstError !== undefined && now - firstError > errorPatienceMs;
    if (tired || now - began > patienceMs) return response;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function problem(check: string, message: string, unit: string): HealthProblem {
  return {
    check,
    message,
    unit,
    remedy: `\`journalctl -u ${unit}\` says more; \`homeroom install\` repairs.`,
  };
}
