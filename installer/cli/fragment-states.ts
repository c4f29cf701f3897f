import { HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { readHubFragments } from "./read-hub-fragments.ts";

const copies = "/var/lib/homeroom/compiled/jupyterhub_config.d";

/** One piece of the hub's configuration that an admin wrote, and whether the hub runs it as it stands. */
export interface FragmentState {
  name: string;
  /** "new" and "changed" wait for an apply, "removed" still counts until one. */
  state: "live" | "new" | "changed" | "removed" | "refused";
}

/** The admin's files beside the copies that the hub runs, by name. */
export async function readFragmentStates(host: HostReader): Promise<FragmentState[]> {
  const [written, live] = await Promise.all([readWritten(host), host.list(copies)]);
  const names = [...new Set([...live, ...(written?.keys() ?? [])])].toSorted();
  return Promise.all(names.map(async (name) => ({ name, state: await stateOf(host, name, written) })));
}

/** `status` shows them in one line. */
export function fragmentsInWords(fragments: readonly FragmentState[]): string {
  const waits = fragments.some(({ state }) => state !== "live");
  const words = fragments.map(({ name, state }) => (state === "live" ? name : `${name} (${state})`));
  const next = waits ? "; `sudo homeroom apply` makes it what the folder says" : "";
  return `own configuration of the hub: ${words.join(", ")}${next}`;
}

async function readWritten(host: HostReader): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return await readHubFragments(host);
  } catch (error) {
    if (error instanceof HomeroomError) return undefined;
    throw error;
  }
}

async function stateOf(
  host: HostReader,
  name: string,
  written: ReadonlyMap<string, string> | undefined,
): Promise<FragmentState["state"]> {
  if (written === undefined) return "refused";
  const text = written.get(name);
  if (text === undefined) return "removed";
  const copy = await host.read(`${copies}/${name}`);
  if (copy === undefined) return "new";
  return copy.toString("utf8") === text ? "live" : "changed";
}
