import type { HostReader } from "../host/host.ts";

/**
 * Whether a process runs from a folder: it shows by its arguments and by the libraries that it has loaded, since an
 * environment's interpreter is a link to the system's.
 */
export async function isRunFrom(host: HostReader, path: string): Promise<boolean> {
  const pids = (await host.list("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const table of ["cmdline", "maps"]) {
      const text = await host.read(`/proc/${pid}/${table}`);
      if (text?.includes(`${path}/`) === true) return true;
    }
  }
  return false;
}
