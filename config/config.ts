/** JSON as it goes into the hub's files. Integers beyond 2^53 are raw JSON, so that every digit stays. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Limits {
  /** Bytes; null is no limit, `auto` is computed from the machine. */
  memory: number | null | "auto";
  /** Cores; null is no limit. */
  cpu: number | null;
  /** Processes and threads; null is no limit. */
  tasks: number | null;
}

/** The validated configuration with every default filled in. Sizes are bytes, times seconds. */
export interface Config {
  /** Begins and ends with a slash. */
  baseUrl: string;
  /** As in "https://hub.school.example:8443": people's servers are at names below it; null: all is at one name. */
  subdomainHost: string | null;
  auth: {
    /** As written, or TLJH's default. */
    type: string;
    /** `firstuse`, or the full name of a class in the hub's environment. */
    class: string;
    /** By class name: the chosen class, its bases, and whatever else was written and is not another authenticator. */
    traits: Record<string, Record<string, Json>>;
    firstPassword: "own" | "generated" | "code";
  };
  users: {
    allowed: string[];
    banned: string[];
    admin: string[];
    extraUserGroups: Record<string, string[]>;
    /** The authenticator lets people in who are on no list; otherwise only `allowed` and `admin` get in. */
    open: boolean;
    /** It does so because the config says it, not only as long as no list names anybody. */
    openWithList: boolean;
    /** Days. */
    keepHomes: number;
  };
  limits: Limits & {
    /** Bytes; null is computed from the machine. */
    reserve: number | null;
    groups: Record<string, Partial<Limits>>;
    users: Record<string, Partial<Limits>>;
  };
  http: { address: string; port: number };
  alerts: {
    /** An address that gets a POST. */
    webhook: string | null;
    /** A command line for /bin/sh. */
    command: string | null;
  };
  metrics: { enabled: boolean };
  https: {
    enabled: boolean;
    /** `manual` is a certificate of one's own. */
    mode: "off" | "manual" | "letsencrypt";
    address: string;
    port: number;
    tls: { key: string; cert: string };
    letsencrypt: { email: string; domains: string[]; staging: boolean; server: string };
    /** Browsers are told to come encrypted only (RFC 6797). */
    hsts: boolean;
  };
  userEnvironment: {
    /** `jupyterlab`, `notebook`, `classic`, or a path of the server. */
    defaultApp: string;
    lean: boolean;
    debugger: boolean;
  };
  environment: {
    manager: "venv" | "conda";
    /** Names or addresses of conda's channels, the preferred first. */
    channels: string[];
    /** Requirements (PEP 508). */
    packages: string[];
    apt: string[];
    /** Packages without a wheel are built, too. */
    sourcePackages: boolean;
    from: string | null;
  };
  classroom: {
    /** Plain text for everybody; null is none. */
    notice: string | null;
    skel: string | null;
  };
  upgrade: {
    unattended: boolean;
    /** Hour of the day. */
    at: number;
  };
  services: {
    cull: {
      enabled: boolean;
      timeout: number;
      every: number;
      concurrency: number;
      users: boolean;
      maxAge: number;
      removeNamedServers: boolean;
      kernels: number;
    };
  };
}
