import { HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { settingsOfPip } from "./pip-settings.ts";
import { settingsOfUv } from "./uv-settings.ts";
import { settingsInVariables, variablesIn } from "./settings-in-variables.ts";

/** Where packages come from, and the way there. What nobody says is left out. Addresses may hold passwords. */
export interface PackageSources {
  index?: string;
  /** Asked first: a package that one of them has comes from there, as uv has it. */
  extraIndexes?: readonly string[];
  /** Folders or pages with files beside any index. */
  findLinks?: readonly string[];
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
  /** A file of certificates (PEM), instead of the system's. */
  caBundle?: string;
  /** Hosts whose certificates are not checked. */
  insecureHosts?: readonly string[];
}

/** What the config says; written by apply, root's alone. */
const declaredSources = "/var/lib/homeroom/package-sources/config.json";

/**
 * What holds now: the config, then this command's own variables, then what the machine is set to.
 * @throws HomeroomError where the config's certificates cannot be read by whoever builds
 */
export async function readPackageSources(host: HostReader): Promise<PackageSources> {
  const [declared, machine] = await Promise.all([host.read(declaredSources), readMachineSources(host)]);
  const config = declared === undefined ? {} : (JSON.parse(declared.toString("utf8")) as PackageSources);
  await refuseUnreadableBundle(host, config);
  return { ...machine, ...settingsInVariables(process.env), ...config };
}

/** What this machine is set to: /etc/environment, then uv's configuration, then pip's; read as data. */
export async function readMachineSources(host: HostReader): Promise<PackageSources> {
  const [variables, uv, pip, weakerPip] = await Promise.all(
    ["/etc/environment", "/etc/uv/uv.toml", "/etc/pip.conf", "/etc/xdg/pip/pip.conf"].map(async (path) =>
      (await host.read(path))?.toString("utf8"),
    ),
  );
  return {
    ...settingsOfPip(weakerPip ?? ""),
    ...settingsOfPip(pip ?? ""),
    ...settingsOfUv(uv ?? ""),
    ...settingsInVariables(variablesIn(variables ?? "")),
  };
}

/** uv would go on with other certificates, and say nothing of it. */
async function refuseUnreadableBundle(host: HostReader, { caBundle }: PackageSources): Promise<void> {
  if (caBundle === undefined) return;
  const stat = await host.stat(caBundle);
  if (stat?.kind === "link" || (stat?.kind === "file" && (stat.mode & 0o004) !== 0)) return;
  throw new HomeroomError(
    stat === undefined
      ? `The file of certificates ${caBundle} is not there.`
      : `The file of certificates ${caBundle} can be read by root alone.`,
    {
      remedy:
        "`environment.ca_bundle` of the config names it. Put it there, readable for everybody (chmod 644), or name another.",
    },
  );
}
