import type { HostReader } from "../host/host.ts";
import type { HealthProblem } from "./health.ts";

const latest = "/var/lib/homeroom/snapshots/latest";
const checks = "/var/lib/homeroom/checks";

/**
 * What homeroom-environment-check found of the shared environment as it is now. No part of a task's health: a
 * change of the config does not go back because of what an admin installed before it.
 */
export async function checkSharedEnvironment(host: HostReader): Promise<HealthProblem[]> {
  return [...(await doesNotStart(host)), ...(await lacksPackages(host))];
}

/** What an upgrade of the operating system took, as its Python has no build of it. */
async function lacksPackages(host: HostReader): Promise<HealthProblem[]> {
  const path = await host.readLink("/opt/homeroom/environment");
  const stamp = `/var/lib/homeroom/environments/${path?.slice(1).replaceAll("/", "-")}.json`;
  const text = path === undefined ? undefined : await host.read(stamp);
  const { leftOut = [], python } = JSON.parse(text?.toString("utf8") ?? "{}") as {
    leftOut?: readonly string[];
    python?: string;
  };
  if (leftOut.length === 0) return [];
  return [
    {
      check: "shared environment",
      message: `The shared environment lacks ${leftOut.join(", ")}: no build for Python ${python}, which the operating system has now.`,
      remedy:
        "Ask for a version that has one (sudo homeroom env add NAME), or do without (sudo homeroom env remove NAME).",
      unit: "homeroom-rebuild.service",
    },
  ];
}

async function doesNotStart(host: HostReader): Promise<HealthProblem[]> {
  const id = (await host.readLink(latest))?.replace(/\.json$/, "") ?? "";
  const text = /^[\d-]+$/.test(id) ? await host.read(`${checks}/${id}.json`) : undefined;
  const reason = text === undefined ? undefined : reasonIn(text.toString("utf8"));
  if (reason === undefined) return [];
  return [
    {
      check: "shared environment",
      message: `No notebook server starts from the shared environment: ${reason}`,
      remedy: "Type: sudo homeroom env repair (what is installed now stays in `homeroom env history`).",
      unit: "homeroom-environment-check.service",
    },
  ];
}

/** Written by an account that runs the code of packages: only its form is believed. */
function reasonIn(text: string): string | undefined {
  try {
    const { works, reason } = JSON.parse(text) as { works?: unknown; reason?: unknown };
    if (works === true) return undefined;
    return typeof reason === "string" ? reason.replaceAll(/[^ -~]/g, "?").slice(0, 500) : "unknown";
  } catch {
    return undefined;
  }
}
