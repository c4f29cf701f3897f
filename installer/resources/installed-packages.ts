import type { HostReader } from "../host/host.ts";
import { resolveOwner } from "./accounts-file.ts";

export interface InstalledPackage {
  /** As PEP 503 has it. */
  name: string;
  version: string;
  /** Where it came from, if not from a package index: a folder, a file, a repository. */
  direct?: string;
}

/**
 * What is installed in an environment, by hand or by us.
 * @param script the release's templates/environment/inventory.py
 */
export async function readInstalledPackages(
  host: HostReader,
  environment: string,
  script: string,
): Promise<InstalledPackage[]> {
  const as = await resolveOwner(host, "homeroom-env", "homeroom-env");
  const argv = ["/usr/bin/python3", "-I", "-S", script, host.realPath(environment)];
  const { stdout } = await host.query(argv, { as, timeoutMs: 60_000 });
  return JSON.parse(stdout) as InstalledPackage[];
}
