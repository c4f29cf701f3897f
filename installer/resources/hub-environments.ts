import type { Host, HostReader } from "../host/host.ts";
import { pythonEnvironment } from "./python-environment.ts";

const folder = "/opt/homeroom/hub";

/** Every environment that was built for the hub, also half-built ones, by path. */
export async function listHubEnvironments(host: HostReader): Promise<string[]> {
  return (await host.list(folder)).map((name) => `${folder}/${name}`);
}

/** Removes an environment of the hub's, unless a process still runs from it; only root ever wrote there. */
export async function removeHubEnvironment(host: Host, path: string): Promise<void> {
  if (await isInUse(host, path)) return;
  await pythonEnvironment.write(host, path, undefined, {
    report: () => undefined,
    signal: new AbortController().signal,
  });
}

/** Its interpreter is a link to the system's: a process shows by its arguments and by the libraries it has loaded. */
async function isInUse(host: HostReader, path: string): Promise<boolean> {
  const pids = (await host.list("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const table of ["cmdline", "maps"]) {
      const text = await host.read(`/proc/${pid}/${table}`);
      if (text?.includes(`${path}/`) === true) return true;
    }
  }
  return false;
}
