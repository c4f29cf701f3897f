import { entryOf, nodeAt } from "./document.ts";
import { formatSize } from "./size.ts";
import type { Config } from "./config.ts";
import type { MapNode, Span } from "./document.ts";
import type { MachineFacts } from "./facts.ts";
import type { WrittenConfig } from "./generated/written-config.ts";
import type { Finding, Severity } from "./problem.ts";

export interface RuleContext {
  config: Config;
  written: WrittenConfig;
  root: MapNode;
  facts?: MachineFacts;
}

/** A rule across keys that needs only the text. */
type TextRule = (context: RuleContext) => Finding[];
/** A rule that needs to know the machine. */
type MachineRule = (context: RuleContext & { facts: MachineFacts }) => Finding[];

/** Runs every rule; those that need the machine are skipped, by name, where nothing is known of it. */
export function checkRules(context: RuleContext): { findings: Finding[]; skipped: string[] } {
  const { facts } = context;
  const findings = textRules.flatMap((rule) => rule(context));
  if (facts === undefined) return { findings, skipped: machineRules.map(({ name }) => name) };
  return {
    findings: [...findings, ...machineRules.flatMap((rule) => rule({ ...context, facts }))],
    skipped: [],
  };
}

const textRules: readonly TextRule[] = [
  baseUrlShape,
  letsencryptNeedsEmailAndDomains,
  letsencryptAndCertificateExclude,
  certificateNeedsBothFiles,
  pathsAreAbsolute,
  addressesAreAddresses,
  portsDiffer,
  bannedIsNotAllowed,
  bannedIsNotAdmin,
  namesAreUsable,
  namesDiffer,
  groupsAreUsable,
  listsInBlocksWin,
  cullTimeoutIsLongerThanEvery,
  memoryIsEnough,
  unusedSections,
];

const machineRules: readonly MachineRule[] = [
  portsAreFree,
  certificateIsUsable,
  certificateLasts,
  limitsFitMachine,
  classFitsMachine,
];

function finding(
  { root }: RuleContext,
  severity: Severity,
  code: string,
  path: readonly string[],
  message: string,
  hint: string,
): Finding {
  return { severity, code, path, span: spanAt(root, path), message, hint };
}

/** The place of a value, or of the nearest section that is written. */
function spanAt(root: MapNode, path: readonly string[]): Span {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined && length === path.length && node.kind === "scalar" && node.text !== "")
      return node.span;
    const parent = nodeAt(root, path.slice(0, length - 1));
    const entry = parent?.kind === "map" ? entryOf(parent, path[length - 1] ?? "") : undefined;
    if (entry !== undefined) return entry.keySpan;
    if (node !== undefined) return node.span;
  }
  return { start: root.span.start, end: root.span.start };
}

function baseUrlShape(context: RuleContext): Finding[] {
  const written = context.written.base_url;
  if (written === undefined) return [];
  const path = ["base_url"];
  if (/^https?:\/\//i.test(written)) {
    const inner = written.replace(/^https?:\/\/[^/]*/i, "") || "/";
    const message = "`base_url` is only the part of the address after the host's name.";
    return [finding(context, "error", "base-url", path, message, `Write \`${inner}\`.`)];
  }
  if (!/^[A-Za-z0-9._~/-]*$/.test(written) || /\/\/|(?:^|\/)\.\.?(?:\/|$)/.test(written)) {
    const message = `\`${written}\` cannot be part of the hub's address.`;
    return [
      finding(context, "error", "base-url", path, message, "Use letters, digits, - and _, as in `/hub101`."),
    ];
  }
  if (written.startsWith("/")) return [];
  const message = `\`base_url\` begins with a slash; this means \`${context.config.baseUrl}\`.`;
  return [finding(context, "warning", "base-url", path, message, `Write \`${context.config.baseUrl}\`.`)];
}

function letsencryptNeedsEmailAndDomains(context: RuleContext): Finding[] {
  const { enabled, mode, letsencrypt } = context.config.https;
  if (!enabled || mode !== "letsencrypt") return [];
  const missing: [string, string][] = [];
  if (letsencrypt.email === "") missing.push(["email", "`email: you@school.example`"]);
  if (letsencrypt.domains.length === 0) missing.push(["domains", "`domains: [hub.school.example]`"]);
  const findings = missing.map(([key, example]) => {
    const path = ["https", "letsencrypt", key];
    const hint = `Write ${example} under \`letsencrypt:\`, or name your own \`key\` and \`cert\` under \`tls:\`.`;
    return finding(
      context,
      "error",
      "letsencrypt-incomplete",
      path,
      `Let's Encrypt needs \`${path.join(".")}\`.`,
      hint,
    );
  });
  if (letsencrypt.email !== "" && !isEmail(letsencrypt.email)) {
    const message = `\`${letsencrypt.email}\` is no e-mail address.`;
    findings.push(
      finding(
        context,
        "error",
        "email",
        ["https", "letsencrypt", "email"],
        message,
        "Write one as in `you@school.example`.",
      ),
    );
  }
  for (const [index, domain] of letsencrypt.domains.entries()) {
    if (
      /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(
        domain,
      )
    )
      continue;
    const message = `\`${domain}\` is no name that Let's Encrypt can certify.`;
    const path = ["https", "letsencrypt", "domains", String(index)];
    findings.push(
      finding(
        context,
        "error",
        "domain",
        path,
        message,
        "Write the full name alone, as in `hub.school.example`.",
      ),
    );
  }
  return findings;
}

function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text);
}

function letsencryptAndCertificateExclude(context: RuleContext): Finding[] {
  const { enabled, tls, letsencrypt } = context.config.https;
  const own = tls.key !== "" || tls.cert !== "";
  if (!enabled || !own || (letsencrypt.email === "" && letsencrypt.domains.length === 0)) return [];
  const message = "Let's Encrypt and a certificate of your own exclude each other.";
  const hint = "Delete `https.letsencrypt` or `https.tls`.";
  return [finding(context, "error", "two-certificates", ["https", "letsencrypt"], message, hint)];
}

function certificateNeedsBothFiles(context: RuleContext): Finding[] {
  const { enabled, tls } = context.config.https;
  if (!enabled || (tls.key === "") === (tls.cert === "")) return [];
  const missing = tls.key === "" ? "key" : "cert";
  const message = `\`https.tls\` needs \`${missing}\` too.`;
  const hint = `Write the path of the ${missing === "key" ? "private key" : "certificate"} there.`;
  return [finding(context, "error", "certificate-incomplete", ["https", "tls", missing], message, hint)];
}

function pathsAreAbsolute(context: RuleContext): Finding[] {
  const { https, classroom } = context.config;
  const paths: [string[], string][] = [
    [["https", "tls", "key"], https.tls.key],
    [["https", "tls", "cert"], https.tls.cert],
    [["classroom", "skel"], classroom.skel ?? ""],
  ];
  return paths
    .filter(([, value]) => value !== "" && !value.startsWith("/"))
    .map(([path, value]) => {
      const message = `\`${value}\` is a relative path, and nobody says relative to what.`;
      return finding(
        context,
        "error",
        "relative-path",
        path,
        message,
        "Write the whole path, beginning with `/`.",
      );
    });
}

function addressesAreAddresses(context: RuleContext): Finding[] {
  return (["http", "https"] as const)
    .filter((section) => !isAddress(context.config[section].address))
    .map((section) => {
      const message = `\`${context.config[section].address}\` is no address of a machine.`;
      const hint = "Write an IP address as in `127.0.0.1`, or leave the key out for all addresses.";
      return finding(context, "error", "address", [section, "address"], message, hint);
    });
}

/** Empty, IPv4, or something that can only be IPv6. */
function isAddress(text: string): boolean {
  if (text === "") return true;
  const bytes = text.split(".");
  if (bytes.length === 4)
    return bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256);
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

function portsDiffer(context: RuleContext): Finding[] {
  const { http, https } = context.config;
  const same = http.address === https.address || http.address === "" || https.address === "";
  if (!https.enabled || http.port !== https.port || !same) return [];
  const message = `\`http.port\` and \`https.port\` are both ${http.port}.`;
  return [
    finding(
      context,
      "error",
      "port-collision",
      ["https", "port"],
      message,
      "Give them different ports, as 80 and 443.",
    ),
  ];
}

function bannedIsNotAllowed(context: RuleContext): Finding[] {
  return bannedIn(context, "allowed", "warning", "The ban wins");
}

function bannedIsNotAdmin(context: RuleContext): Finding[] {
  return bannedIn(context, "admin", "error", "Nobody can be both");
}

function bannedIn(
  context: RuleContext,
  list: "allowed" | "admin",
  severity: Severity,
  words: string,
): Finding[] {
  const others = new Set(context.config.users[list].map(person));
  return context.config.users.banned
    .map((name, index) => ({ name, path: ["users", "banned", String(index)] }))
    .filter(({ name }) => others.has(person(name)))
    .map(({ name, path }) => {
      const message = `\`${name}\` is in \`users.banned\` and in \`users.${list}\`. ${words}.`;
      return finding(
        context,
        severity,
        `banned-and-${list}`,
        path,
        message,
        "Delete the name from one of the lists.",
      );
    });
}

/** JupyterHub takes names without regard to capitals. */
function person(name: string): string {
  return name.toLowerCase();
}

const lists = ["admin", "allowed", "banned"] as const;

function namesAreUsable(context: RuleContext): Finding[] {
  const named = lists.flatMap((list) =>
    (context.written.users?.[list] ?? []).map((name, index) => ({
      name,
      path: ["users", list, String(index)],
    })),
  );
  return named.flatMap(({ name, path }) => {
    const reason = unusable(name);
    if (reason === undefined) return [];
    return [
      finding(
        context,
        "error",
        "user-name",
        path,
        `\`${name}\` cannot be a user name: ${reason}.`,
        "Correct the name.",
      ),
    ];
  });
}

/** Why JupyterHub has nobody of this name; undefined where it may. */
function unusable(name: string): string | undefined {
  if (name.includes("/")) return "it has a slash";
  if (name.trim() !== name) return "it begins or ends with a space";
  if (/[\n\r\t]/.test(name)) return "it has a line break or a tab";
  if (name.includes(",") || name.includes(";")) return "it looks like several names in one line";
  return name.length > 255 ? "it is longer than 255 characters" : undefined;
}

function namesDiffer(context: RuleContext): Finding[] {
  return lists.flatMap((list) => {
    const seen = new Map<string, string>();
    return (context.written.users?.[list] ?? []).flatMap((name, index) => {
      const first = seen.get(person(name));
      seen.set(person(name), first ?? name);
      if (first === undefined) return [];
      const twin =
        first === name ? "is in the list twice" : `and \`${first}\` are one person: capitals do not count`;
      const path = ["users", list, String(index)];
      return [
        finding(
          context,
          "warning",
          "same-name",
          path,
          `\`${name}\` ${twin}.`,
          "Delete one of the two lines.",
        ),
      ];
    });
  });
}

function groupsAreUsable(context: RuleContext): Finding[] {
  return Object.keys(context.config.users.extraUserGroups).flatMap((group) => {
    const path = ["users", "extra_user_groups", group];
    if (reservedGroups.has(group) || /^(?:homeroom|jupyter|systemd)-/.test(group)) {
      const message = `The group \`${group}\` belongs to the system: who is in it could take over the machine or the hub.`;
      return [
        finding(context, "error", "reserved-group", path, message, "Choose another name for the group."),
      ];
    }
    if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(group)) return [];
    const message = `\`${group}\` cannot be the name of a Unix group.`;
    const hint = "Use at most 32 letters, digits, - and _, and begin with a letter.";
    return [finding(context, "error", "group-name", path, message, hint)];
  });
}

/** Groups whose members can read or change what is not theirs, on Debian and Ubuntu. */
const reservedGroups = new Set(
  (
    "root sudo wheel admin adm disk shadow kmem mem tty utmp staff docker lxd libvirt kvm netdev daemon bin sys " +
    "src operator backup mail nogroup nobody polkitd messagebus crontab ssh _ssh sshd input video render homeroom"
  ).split(" "),
);

/** In TLJH, lists of people in the chosen authenticator's block win over `users`, and those of `Authenticator` lose. */
function listsInBlocksWin(context: RuleContext): Finding[] {
  const auth = nodeAt(context.root, ["auth"]);
  if (auth?.kind !== "map") return [];
  return auth.entries.flatMap(({ key: block, value }) =>
    value.kind !== "map" || block.startsWith("x-")
      ? []
      : value.entries.flatMap(({ key }) => listInBlock(context, block, key)),
  );
}

function listInBlock(context: RuleContext, block: string, key: string): Finding[] {
  const list = {
    allowed_users: "allowed",
    whitelist: "allowed",
    blocked_users: "banned",
    blacklist: "banned",
    admin_users: "admin",
  }[key];
  if (list === undefined) return [];
  const path = ["auth", block, key];
  if (block === "Authenticator") {
    const message = `\`auth.Authenticator.${key}\` does nothing: \`users.${list}\` holds these names.`;
    return [
      finding(context, "warning", "list-elsewhere", path, message, `Move the names to \`users.${list}\`.`),
    ];
  }
  const old = key === "whitelist" || key === "blacklist";
  const both = (context.written.users?.[list as (typeof lists)[number]] ?? []).length > 0;
  if (!old && !both) return [];
  const wins = both ? ` It wins over \`users.${list}\`, whose names do not count.` : "";
  const message = old
    ? `\`${key}\` is an old name for \`users.${list}\`.${wins}`
    : `\`${key}\` holds names.${wins}`;
  return [
    finding(context, "warning", "list-elsewhere", path, message, `Move the names to \`users.${list}\`.`),
  ];
}

function cullTimeoutIsLongerThanEvery(context: RuleContext): Finding[] {
  const { enabled, timeout, every } = context.config.services.cull;
  if (!enabled || timeout >= every) return [];
  const message = `Servers are to stop after ${timeout} s without activity, but are looked at every ${every} s only.`;
  const hint = `Make \`timeout\` at least \`every\`, or \`every\` ${timeout} or less.`;
  return [finding(context, "warning", "cull-timeout", ["services", "cull", "timeout"], message, hint)];
}

const megabyte = 1024 ** 2;

function memoryIsEnough(context: RuleContext): Finding[] {
  const { memory } = context.config.limits;
  if (memory === null || memory >= 128 * megabyte) return [];
  const path = ["limits", "memory"];
  const hint = "Write at least 256M; 1G is a good start.";
  if (memory < megabyte) {
    return [
      finding(context, "error", "little-memory", path, `${memory} bytes is too little for any server.`, hint),
    ];
  }
  const message = `A server hardly starts with ${formatSize(memory)}.`;
  return [finding(context, "warning", "little-memory", path, message, hint)];
}

function unusedSections(context: RuleContext): Finding[] {
  const unused: [string[], string][] = [
    [["traefik_api"], "Homeroom's proxy is not traefik"],
    [["services", "configurator"], "that service is gone, in TLJH too"],
  ];
  return unused
    .filter(([path]) => nodeAt(context.root, path) !== undefined)
    .map(([path, reason]) => {
      const message = `Nothing reads \`${path.join(".")}\`: ${reason}.`;
      return {
        ...finding(context, "warning", "unused", path, message, "Delete it."),
        span: keySpan(context.root, path),
      };
    });
}

function keySpan(root: MapNode, path: readonly string[]): Span {
  const parent = nodeAt(root, path.slice(0, -1));
  const entry = parent?.kind === "map" ? entryOf(parent, path.at(-1) ?? "") : undefined;
  return entry?.keySpan ?? root.span;
}

function portsAreFree(context: RuleContext & { facts: MachineFacts }): Finding[] {
  const { http, https } = context.config;
  const ports: ["http" | "https", number][] = [
    ["http", http.port],
    ...(https.enabled ? [["https", https.port] as ["https", number]] : []),
  ];
  return ports.flatMap(([section, port]) => {
    const taken = context.facts.listeners.find((listener) => listener.port === port);
    if (taken === undefined) return [];
    const message = `Port ${port} is taken by ${taken.program}.`;
    const hint = `Stop ${taken.program}, or choose another \`${section}.port\`.`;
    return [finding(context, "error", "port-taken", [section, "port"], message, hint)];
  });
}

function certificateIsUsable(context: RuleContext & { facts: MachineFacts }): Finding[] {
  const { certificate } = context.facts;
  if (context.config.https.mode !== "manual" || certificate === undefined) return [];
  const problems = [
    { key: "key", reason: certificate.keyProblem },
    { key: "cert", reason: certificate.certProblem },
  ].filter(({ reason }) => reason !== undefined);
  const findings = problems.map(({ key, reason }) =>
    finding(
      context,
      "error",
      "certificate",
      ["https", "tls", key],
      `The file cannot be used: ${reason}.`,
      "Correct the path or the file.",
    ),
  );
  if (certificate.matches !== false) return findings;
  const message = "The key and the certificate do not belong together.";
  return [
    ...findings,
    finding(
      context,
      "error",
      "certificate-mismatch",
      ["https", "tls", "key"],
      message,
      "Name the key that the certificate was made with.",
    ),
  ];
}

const day = 24 * 60 * 60 * 1000;

function certificateLasts(context: RuleContext & { facts: MachineFacts }): Finding[] {
  const { certificate, now } = context.facts;
  if (context.config.https.mode !== "manual" || certificate?.notAfter === undefined) return [];
  const path = ["https", "tls", "cert"];
  const until = new Date(certificate.notAfter).toISOString().slice(0, 10);
  const hint = "Get a new certificate.";
  if (certificate.notAfter <= now) {
    return [
      finding(context, "error", "certificate-expired", path, `The certificate expired on ${until}.`, hint),
    ];
  }
  if (certificate.notBefore !== undefined && certificate.notBefore > now) {
    const message = `The certificate is valid from ${new Date(certificate.notBefore).toISOString().slice(0, 10)} only.`;
    return [
      finding(context, "error", "certificate-expired", path, message, "Wait, or check the machine's clock."),
    ];
  }
  if (certificate.notAfter - now > 14 * day) return [];
  const days = Math.floor((certificate.notAfter - now) / day);
  const message = `The certificate expires on ${until}, in ${days} days.`;
  return [finding(context, "warning", "certificate-expires", path, message, hint)];
}

function limitsFitMachine(context: RuleContext & { facts: MachineFacts }): Finding[] {
  const { memory, cpu } = context.config.limits;
  const findings: Finding[] = [];
  if (memory !== null && memory > context.facts.memory) {
    const message = `One server may use ${formatSize(memory)}, but the machine has ${formatSize(context.facts.memory)}.`;
    findings.push(
      finding(context, "warning", "limit-above-machine", ["limits", "memory"], message, "Write less."),
    );
  }
  if (cpu !== null && cpu > context.facts.cores) {
    const message = `One server may use ${cpu} cores, but the machine has ${context.facts.cores}.`;
    findings.push(
      finding(context, "warning", "limit-above-machine", ["limits", "cpu"], message, "Write less."),
    );
  }
  return findings;
}

/** A class whose limits add up to several times the machine works only while most of it idles. */
function classFitsMachine(context: RuleContext & { facts: MachineFacts }): Finding[] {
  const { memory } = context.config.limits;
  const { allowed, admin } = context.config.users;
  const people = context.facts.expectedUsers ?? new Set([...allowed, ...admin]).size;
  if (memory === null || memory > context.facts.memory || memory * people <= 3 * context.facts.memory)
    return [];
  const sum = formatSize(memory * people);
  const message = `${people} people with ${formatSize(memory)} each are ${sum}; the machine has ${formatSize(context.facts.memory)}.`;
  const hint = "Fine while few are there at once; write less if everybody comes together.";
  return [finding(context, "warning", "class-above-machine", ["limits", "memory"], message, hint)];
}
