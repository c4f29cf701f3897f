import type { Config } from "../../config/config.ts";
import type { HealthProblem } from "./health.ts";

/** What one look by the canary came to: log in at the front door, start a server, compute in it, stop it. */
export interface CanaryLook {
  /** When it began; ISO 8601, UTC. */
  at: string;
  works: boolean;
  /** Seconds that each step took which came to its end: login, server, compute, stop. */
  seconds: Readonly<Record<string, number>>;
  /** The step that failed, and why, in the hub's words. */
  failed?: string;
  why?: string;
  /** It failed as the class is full, which is an answer, and no fault. */
  full?: boolean;
}

/** Whether it can look: with subdomains a server is at another address, which this machine may not know itself by. */
export function canLook({ subdomainHost }: Pick<Config, "subdomainHost">): boolean {
  return subdomainHost === null;
}

const failures: Readonly<Record<string, string>> = {
  login: "Nobody can log in",
  server: "No notebook server starts",
  compute: "Nobody can compute",
  stop: "Servers do not stop",
};

/** What is wrong by that look; undefined where people can work. */
export function canaryProblem({ works, full, failed = "", why = "" }: CanaryLook): HealthProblem | undefined {
  if (works || full === true) return undefined;
  const unit = failed === "login" ? "homeroom-hub.service" : "homeroom-user@homeroom\\x2dcanary.service";
  return {
    check: "canary",
    message: `${failures[failed] ?? "The look whether people can work failed"}: ${why}.`,
    remedy: `Homeroom tried it as nobody in particular (homeroom-canary). \`journalctl -u '${unit}'\` and \`homeroom logs\` say more.`,
    unit,
  };
}
