import type { Host, HostReader } from "../host/host.ts";
import { forgetPythonEnvironment, pythonEnvironment } from "./python-environment.ts";
import { isRunFrom } from "./run-from.ts";

const folder = "/opt/homeroom/hub";
const sharedFolder = "/opt/homeroom/environments";

/** Every environment that was built for the hub, also half-built ones, by path. */
export async function listHubEnvironments(host: HostReader): Promise<string[]> {
  return (await host.list(folder)).map((name) => `${folder}/${name}`);
}

/** Removes an environment of the hub's, unless a process still runs from it; only root ever wrote there. */
export async function removeHubEnvironment(host: Host, path: string): Promise<void> {
  if (await isRunFrom(host, path)) return;
  await pythonEnvironment.write(host, path, undefined, {
    report: () => undefined,
    signal: new AbortController().signal,
  });
}

/**
 * Removes shared environments that the link does not point to, once no process runs from them. What was in them
 * the snapshots keep. Admins have written there: GNU rm, unlike a walk by path, follows no link that appears meanwhile.
 */
export async function removeSharedEnvironments(host: Host, inUse: string): Promise<void> {
  for (const name of await host.list(sharedFolder)) {
    const path = `${sharedFolder}/${name}`;
    // What a build had to move aside is an admin's to look through.
    if (path === inUse || name.includes(".replaced-") || (await isRunFrom(host, path))) continue;
    await forgetPythonEnvironment(host, path);
    await host.run(["rm", "-rf", "--one-file-system", "--", path], { timeoutMs: 10 * 60_000 });
  }
}
