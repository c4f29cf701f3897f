import { commonLimits, reserveOf } from "./limits.ts";
import type { Config, Json, Limits } from "./config.ts";

/**
 * The config under the keys that people write, with every default; sizes in bytes, null where there is no value.
 * @param machineMemory bytes, for what is computed from the machine; undefined leaves that open
 */
export function effective(config: Config, machineMemory?: number): { [key: string]: Json } {
  const { auth, users, limits, http, https, userEnvironment, environment, classroom, services } = config;
  const { cull } = services;
  return {
    base_url: config.baseUrl,
    subdomain_host: config.subdomainHost,
    auth: { type: auth.type, first_password: auth.firstPassword, ...auth.traits },
    users: {
      allowed: users.allowed,
      banned: users.banned,
      admin: users.admin,
      extra_user_groups: users.extraUserGroups,
      keep_homes: users.keepHomes,
    },
    limits: {
      ...limitsOf(limits),
      reserve: limits.reserve,
      ...(machineMemory !== undefined && computedLimits(config, machineMemory)),
      groups: mapLimits(limits.groups),
      users: mapLimits(limits.users),
    },
    http: { ...http },
    alerts: { ...config.alerts },
    metrics: { ...config.metrics },
    https: {
      enabled: https.enabled,
      address: https.address,
      port: https.port,
      tls: { ...https.tls },
      letsencrypt: { ...https.letsencrypt },
      hsts: https.hsts,
    },
    user_environment: {
      default_app: userEnvironment.defaultApp,
      lean: userEnvironment.lean,
      debugger: userEnvironment.debugger,
    },
    environment: {
      manager: environment.manager,
      channels: environment.channels,
      packages: environment.packages,
      apt: environment.apt,
      source_packages: environment.sourcePackages,
      from: environment.from,
    },
    classroom: { ...classroom },
    upgrade: { ...config.upgrade },
    services: {
      cull: {
        enabled: cull.enabled,
        timeout: cull.timeout,
        every: cull.every,
        concurrency: cull.concurrency,
        users: cull.users,
        max_age: cull.maxAge,
        remove_named_servers: cull.removeNamedServers,
        kernels: cull.kernels,
      },
    },
  };
}

function computedLimits(config: Config, machineMemory: number): { [key: string]: Json } {
  return {
    memory: commonLimits(config, machineMemory).memory.value,
    reserve: reserveOf(config.limits, machineMemory),
  };
}

function limitsOf({ memory, cpu, tasks }: Limits): { [key: string]: Json } {
  return { memory, cpu, tasks };
}

function mapLimits(limits: Record<string, Partial<Limits>>): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(limits).map(([name, own]) => [name, { ...own }]));
}
