import type { HostReader } from "../host/host.ts";

const checksFolder = "/var/lib/homeroom/checks";

/** Whether a server starts from the environment of one snapshot, as templates/environment/check.py found. */
export interface EnvironmentCheck {
  snapshot: string;
  works: boolean;
  /** One line; null where it works. */
  reason: string | null;
}

/** The result for a snapshot; undefined where it was not checked (yet). */
export async function readCheck(host: HostReader, snapshot: string): Promise<EnvironmentCheck | undefined> {
  const text = await host.read(`${checksFolder}/${snapshot}.json`);
  if (text === undefined) return undefined;
  try {
    const { works, reason } = JSON.parse(text.toString("utf8")) as Partial<EnvironmentCheck>;
    // Written by an account that runs the code of packages: only its form is believed.
    const words = typeof reason === "string" ? reason.replaceAll(/[^ -~]/g, "?").slice(0, 500) : null;
    return { snapshot, works: works === true, reason: works === true ? null : (words ?? "unknown") };
  } catch {
    return undefined;
  }
}
