import type { Config } from "../../config/config.ts";
import { classMemory } from "../../config/limits.ts";
import type { Facts } from "../resources/facts.ts";
import { hashOf } from "../resources/hash.ts";
import type { ResourceRef } from "../resources/resource.ts";
import { escapeSpecifiers } from "../systemd/specifiers.ts";
import { quoteWord } from "../systemd/words.ts";
import { serverStartSeconds } from "./hub-files.ts";
import { addAcmeCertificate, httpsValues } from "./https.ts";
import { hashesBelow, textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

export interface UnitsInputs {
  config: Config;
  facts: Facts;
  release: Release;
  /** The hub's environment: "/opt/homeroom/hub/<hash>". */
  hub: string;
  uv: string;
  /** Texts that the hub reads once, at its start: hub.json, and the admin's own. */
  hubReads: readonly string[];
  /** Drop-ins of single people's units, by path below /etc/systemd/system. */
  dropIns: ReadonlyMap<string, string>;
  /** What a drop-in needs, by its path. */
  dropInNeeds: ReadonlyMap<string, readonly ResourceRef[]>;
  /** What every service needs beside units: accounts, directories, secrets, the release. */
  needs: readonly ResourceRef[];
  /** What the hub needs besides: packages, both environments, people, compiled files. */
  hubNeeds: readonly ResourceRef[];
  /** The front door opens first and shows how far the installation is, instead of last. */
  doorFirst: boolean;
  /** The encrypted door's certificate, or what getting it stands on. */
  certificateNeeds: readonly ResourceRef[];
  /** Nothing answers a certificate authority yet but the door that is about to open. */
  firstInstall: boolean;
}

/** Folders of templates/units whose units are only there where the config asks for them. */
const optionalFolders = ["https", "own-certificate", "letsencrypt", "subdomains"] as const;
type OptionalFolder = (typeof optionalFolders)[number];

function askedFolders({ https, subdomainHost }: Config): readonly OptionalFolder[] {
  const asked: Record<OptionalFolder, boolean> = {
    https: https.enabled,
    "own-certificate": https.mode === "manual",
    letsencrypt: https.mode === "letsencrypt",
    subdomains: subdomainHost !== null,
  };
  return optionalFolders.filter((folder) => asked[folder]);
}

/** Units that come up at boot, by the target that wants them. */
const enabled: readonly (readonly [target: string, unit: string, file: string])[] = [
  ["sockets.target", "homeroom-hub.socket", "homeroom-hub.socket"],
  ["sockets.target", "homeroom-credentials.socket", "homeroom-credentials.socket"],
  ["sockets.target", "homeroom-proxy-api.socket", "homeroom-proxy-api.socket"],
  ["sockets.target", "homeroom-proxy.socket", "homeroom-proxy.socket"],
  ["multi-user.target", "homeroom-proxy@a.service", "homeroom-proxy@.service"],
  ["multi-user.target", "homeroom-hub.service", "homeroom-hub.service"],
  ["multi-user.target", "homeroom-recover.service", "homeroom-recover.service"],
  ["multi-user.target", "homeroom-revert.service", "homeroom-revert.service"],
  ["multi-user.target", "homeroom-snapshots.service", "homeroom-snapshots.service"],
  ["timers.target", "homeroom-sweep.timer", "homeroom-sweep.timer"],
];
/** Only where the folder of their template is asked for. */
const enabledOf: Readonly<Record<OptionalFolder, typeof enabled>> = {
  https: [["sockets.target", "homeroom-https.socket", "homeroom-https.socket"]],
  "own-certificate": [
    ["multi-user.target", "homeroom-certificate.path", "homeroom-certificate.path"],
    ["timers.target", "homeroom-certificate.timer", "homeroom-certificate.timer"],
  ],
  letsencrypt: [["timers.target", "homeroom-acme.timer", "homeroom-acme.timer"]],
  subdomains: [],
};
/** What renews the certificate. */
const certificateTimers: Readonly<Record<Config["https"]["mode"], readonly string[]>> = {
  off: [],
  manual: ["homeroom-certificate.path", "homeroom-certificate.timer"],
  letsencrypt: ["homeroom-acme.timer"],
};
/** Of what limits.ts writes, for everybody and for single people. */
export const limitsTemplate = "homeroom-users-.slice.d/50-limits.conf";
/** Where somebody wants to be told, or figures kept. */
const watchEnabled = ["timers.target", "homeroom-watch.timer", "homeroom-watch.timer"] as const;
const unattended = ["timers.target", "homeroom-upgrade.timer", "homeroom-upgrade.timer"] as const;
const cullerEnabled = ["multi-user.target", "homeroom-culler.service", "homeroom-culler.service"] as const;

/** From this version on systemd knows RestartSteps= (its news for 254). */
const knowsBackOff = 254;

/** Unit files, what systemd has loaded of them, and the services that run. */
export function addUnits(state: StateBuilder, inputs: UnitsInputs): void {
  const { config, facts, release, dropIns } = inputs;
  const units = new Map<string, string>([...renderedUnits(inputs), ...dropIns]);
  if (facts.systemd >= knowsBackOff) {
    const backOff = textOf(release, "templates/units/homeroom-backoff.conf");
    for (const name of ["homeroom-hub", "homeroom-proxy@", "homeroom-culler"]) {
      units.set(`${name}.service.d/50-homeroom-backoff.conf`, backOff);
    }
  }
  const hashes = serviceInputs(inputs, units);
  for (const [unit, hash] of Object.entries(hashes)) {
    units.set(`${unit}.d/10-homeroom-inputs.conf`, `[Service]\nEnvironment=HOMEROOM_INPUTS=${hash}\n`);
  }
  const loaded = addUnitFiles(state, units, inputs.dropInNeeds, [
    ...enabled,
    ...askedFolders(config).flatMap((folder) => enabledOf[folder]),
    ...(config.services.cull.enabled ? [cullerEnabled] : []),
    ...(isWatched(config) ? [watchEnabled] : []),
    ...(config.upgrade.unattended ? [unattended] : []),
  ]);
  addServices(state, inputs, hashes, loaded);
}

function isWatched({ alerts, metrics }: Config): boolean {
  return alerts.webhook !== null || alerts.command !== null || metrics.enabled;
}

/** Templates of whole units; those that are drop-ins of something are placed by name. */
function renderedUnits({ config, facts, release, hub, uv }: UnitsInputs): [string, string][] {
  const folder = "templates/units/";
  const values: Record<string, string> = {
    RELEASE: release.folder,
    HUB: hub,
    UV: uv,
    NODE: release.node,
    LISTEN: listenOf(config.http),
    HTTPS_LISTEN: listenOf(config.https),
    ...httpsValues(config),
    TRUSTED_PROXIES: config.http.trustedProxies.join(","),
    START_TIMEOUT: String(serverStartSeconds),
    USERS_MEMORY_MAX: String(classMemory(config.limits, facts.memory)),
    CULL_OPTIONS: cullOptions(config),
    UPGRADE_AT: String(config.upgrade.at).padStart(2, "0"),
  };
  const placedElsewhere = new Set([
    "homeroom-backoff.conf",
    "homeroom-user-admin.conf",
    limitsTemplate,
    ...(config.upgrade.unattended ? [] : ["homeroom-upgrade.service", "homeroom-upgrade.timer"]),
  ]);
  const left = optionalFolders.filter((optional) => !askedFolders(config).includes(optional));
  return [...release.texts.keys()]
    .filter((path) => path.startsWith(folder) && !placedElsewhere.has(path.slice(folder.length)))
    .filter((path) => !left.some((optional) => path.startsWith(`${folder}${optional}/`)))
    .map((path) => {
      const unit = path.slice(folder.length);
      const optional = optionalFolders.find((name) => unit.startsWith(`${name}/`));
      return [
        optional === undefined ? unit : unit.slice(optional.length + 1),
        substituted(release, path, values),
      ];
    });
}

function substituted(release: Release, path: string, values: Readonly<Record<string, string>>): string {
  return textOf(release, path).replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`${path} asks for ${whole}, which nobody knows`);
    return value;
  });
}

/** Where people come in: `http` or `https` of the config. */
type Door = Pick<Config["http"], "address" | "port">;

/**
 * ListenStream= as systemd.socket(5) writes it: "80", "192.0.2.1:80" or "[::1]:80"; an IPv6 address in its
 * shortest form (RFC 5952), in which systemd shows it again.
 */
function listenOf({ address, port }: Door): string {
  if (address === "") return String(port);
  return address.includes(":") ? `${new URL(`http://[${address}]`).hostname}:${port}` : `${address}:${port}`;
}

/** What systemd shows as Listen for it: a bare port is every address. */
function shownListen(door: Door, { ipv6 }: Facts): string {
  if (door.address !== "") return listenOf(door);
  return `${ipv6 ? "[::]" : "0.0.0.0"}:${door.port}`;
}

function cullOptions({ baseUrl, services: { cull } }: Config): string {
  return [
    `--url=http://hub${encodeURI(baseUrl)}hub/api`,
    `--timeout=${cull.timeout}`,
    `--cull-every=${cull.every}`,
    `--concurrency=${cull.concurrency}`,
    `--max-age=${cull.maxAge}`,
    ...(cull.users ? ["--cull-users=true"] : []),
    ...(cull.removeNamedServers ? ["--remove-named-servers=true"] : []),
  ]
    .map((option) => escapeSpecifiers(quoteWord(option)))
    .join(" ");
}

/** A hash of everything a service is started with: where it differs from the running one's, it is restarted. */
function serviceInputs(
  { config, release, hub, hubReads }: UnitsInputs,
  units: ReadonlyMap<string, string>,
): Record<string, string> {
  const ofUnit = (name: string) =>
    [...units]
      .filter(([id]) => id === name || id.startsWith(`${name}.d/`))
      .map(([id, text]) => `${id}\n${text}`);
  const hash = (...parts: readonly string[]) => hashOf(JSON.stringify(parts)).slice(0, 32);
  return {
    "homeroom-hub.service": hash(
      ...ofUnit("homeroom-hub.service"),
      hub,
      ...hubReads,
      ...hashesBelow(release, "templates/hub"),
    ),
    // A new release alone is no reason to exchange the proxy: its unit is taken without the release's path.
    "homeroom-proxy@.service": hash(
      ...ofUnit("homeroom-proxy@.service").map((text) => text.replaceAll(release.folder, "")),
      release.hashes.get("dist/homeroom-proxy.mjs") ?? "",
      config.baseUrl,
    ),
    "homeroom-culler.service": hash(...ofUnit("homeroom-culler.service"), hub),
    "homeroom-snapshots.service": hash(
      ...ofUnit("homeroom-snapshots.service"),
      ...hashesBelow(release, "templates/environment"),
    ),
  };
}

function addUnitFiles(
  state: StateBuilder,
  units: ReadonlyMap<string, string>,
  needs: ReadonlyMap<string, readonly ResourceRef[]>,
  links: readonly (readonly [target: string, unit: string, file: string])[],
): ResourceRef {
  const refs = [...units].map(([id, text]) => state.unit(id, text, needs.get(id)));
  const folder = "/etc/systemd/system";
  for (const target of new Set(links.map(([wanting]) => wanting))) {
    const wants = state.directory(`${folder}/${target}.wants`);
    for (const [, unit, file] of links.filter(([wanting]) => wanting === target)) {
      refs.push(
        state.add("link", `${folder}/${target}.wants/${unit}`, { target: `${folder}/${file}` }, [wants]),
      );
    }
  }
  return state.add("units-loaded", "systemd", { fresh: true }, refs);
}

function addServices(
  state: StateBuilder,
  { config, facts, needs, hubNeeds, doorFirst, certificateNeeds, firstInstall }: UnitsInputs,
  hashes: Readonly<Record<string, string>>,
  loaded: ResourceRef,
): void {
  const before = [loaded, ...needs];
  const sockets = {
    "homeroom-hub.socket": "/run/homeroom/hub.sock",
    "homeroom-credentials.socket": "/run/homeroom/credentials.sock",
    "homeroom-proxy-api.socket": "/run/homeroom/proxy-api.sock",
  };
  state.add("timer", "homeroom-sweep.timer", { active: true }, before);
  for (const unit of certificateTimers[config.https.mode]) state.add("timer", unit, { active: true }, before);
  if (isWatched(config)) state.add("timer", "homeroom-watch.timer", { active: true }, before);
  if (config.upgrade.unattended) state.add("timer", "homeroom-upgrade.timer", { active: true }, before);
  const inner = Object.entries(sockets).map(([unit, listen]) =>
    state.add("socket", unit, { listen }, before),
  );
  const hub = state.add("service", "homeroom-hub.service", { inputs: hashes["homeroom-hub.service"] }, [
    ...before,
    ...hubNeeds,
    ...inner,
  ]);
  const beforeDoor = doorFirst ? [...before, ...inner] : [...before, ...inner, hub];
  const door = state.add(
    "socket",
    "homeroom-proxy.socket",
    { listen: shownListen(config.http, facts) },
    beforeDoor,
  );
  // The door that is open answers the authority; on a new machine that is the one that opens with this.
  const acme = config.https.mode === "letsencrypt";
  const certificate = [...certificateNeeds];
  const getFirst = acme && !firstInstall;
  if (getFirst) certificate.push(addAcmeCertificate(state, config, [...before, ...certificateNeeds]));
  const doors = [door, ...certificate];
  if (config.https.enabled) {
    const listen = shownListen(config.https, facts);
    doors.push(state.add("socket", "homeroom-https.socket", { listen }, [...beforeDoor, ...certificate]));
  }
  const serves = state.add("proxy", "homeroom-proxy", { inputs: hashes["homeroom-proxy@.service"] }, [
    ...beforeDoor,
    ...doors,
  ]);
  if (acme && firstInstall) addAcmeCertificate(state, config, [serves]);
  state.add("service", "homeroom-snapshots.service", { inputs: hashes["homeroom-snapshots.service"] }, [
    ...before,
    ...hubNeeds,
  ]);
  if (config.services.cull.enabled) {
    state.add("service", "homeroom-culler.service", { inputs: hashes["homeroom-culler.service"] }, [
      ...before,
      ...inner,
      hub,
    ]);
  }
}
