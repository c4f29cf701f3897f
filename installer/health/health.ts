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
function frontDoor({ http: { address, port }, baseUrl }: Config): string {
  const name = address === "" || address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}${baseUrl}`;
}

/** Asks until the answer is good or patience ends; the last answer. */
async function answer(host: HostReader, address: string, patienceMs: number) {
  const deadline = performance.now() + patienceMs;
  while (true) {
    const left = Math.max(deadline - performance.now(), 1_000);
    const response = await host.get(address, { timeoutMs: Math.min(requestTimeoutMs, left) });
    if (response !== undefined && response.status < 400) return response;
    if (performance.now() > deadline) return response;
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
