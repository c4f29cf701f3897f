import { isDomain } from "./https-rules.ts";
import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { MachineContext, RuleContext } from "./rule.ts";

const path = ["subdomain_host"];

/** A name that other names can stand below, perhaps with protocol and port. */
export function subdomainHostShape(context: RuleContext): Finding[] {
  const written = context.written.subdomain_host ?? "";
  if (written === "" || shape(written) !== undefined) return [];
  const message = `\`${written}\` is no name that people's addresses can stand below.`;
  const hint = "Write the hub's full name alone, as in `hub.school.example`; a path goes into `base_url`.";
  return [finding(context, "error", "subdomain-host", path, message, hint)];
}

/** "https://hub.school.example:8443", "hub.school.example". */
function shape(written: string): { scheme: string | undefined; name: string } | undefined {
  const whole = /^(?:(https?):\/\/)?([^/:]+)(?::(\d{1,5}))?\/?$/i.exec(written);
  const [, scheme, name = "", port] = whole ?? [];
  // A port alone would leave open by which protocol.
  if (whole === null || !isDomain(name) || (port !== undefined && scheme === undefined)) return undefined;
  return { scheme: scheme?.toLowerCase(), name: name.toLowerCase() };
}

/** Nobody is sent to an unencrypted address where there is an encrypted one. */
export function subdomainHostFitsHttps(context: RuleContext): Finding[] {
  const host = shape(context.written.subdomain_host ?? "");
  if (!context.config.https.enabled || host?.scheme !== "http") return [];
  const message = "`subdomain_host` begins with `http://`, but `https.enabled` is true.";
  return [finding(context, "error", "subdomain-host", path, message, `Write \`${host.name}\` alone.`)];
}

/** Let's Encrypt certifies `*.name` only by the DNS, which Homeroom cannot change. */
export function letsencryptCoversSubdomains(context: RuleContext): Finding[] {
  const { https, users } = context.config;
  const host = shape(context.written.subdomain_host ?? "");
  if (host === undefined || https.mode !== "letsencrypt") return [];
  const people = [...new Set([...users.admin, ...users.allowed])];
  const names = [host.name, ...people.map((person) => `${person.toLowerCase()}.${host.name}`)];
  const certified = new Set(https.letsencrypt.domains.map((domain) => domain.toLowerCase()));
  const left = names.filter((name) => !certified.has(name));
  if (left.length === 0 && people.length > 0) return [];
  const message = `Let's Encrypt gives no certificate for \`*.${host.name}\` here: browsers warn of addresses that \`https.letsencrypt.domains\` does not name${left[0] === undefined ? "" : `, as ${left[0]}`}.`;
  const hint = `Get a certificate for \`${host.name}\` and \`*.${host.name}\`, and name its files in \`https.tls\`.`;
  return [finding(context, "warning", "subdomain-certificate", path, message, hint)];
}

/** A certificate of one's own holds for the hub's name and for everything below it. */
export function certificateCoversSubdomains(context: MachineContext): Finding[] {
  const host = shape(context.written.subdomain_host ?? "");
  const names = context.facts.certificate?.names;
  if (host === undefined || context.config.https.mode !== "manual" || names === undefined) return [];
  const parent = host.name.slice(host.name.indexOf(".") + 1);
  const left = [
    ...(names.includes(host.name) || names.includes(`*.${parent}`) ? [] : [host.name]),
    ...(names.includes(`*.${host.name}`) ? [] : [`*.${host.name}`]),
  ];
  if (left.length === 0) return [];
  const message = `The certificate does not hold for ${left.join(" and ")}: browsers warn of people's addresses.`;
  const hint = `Get one for \`${host.name}\` and \`*.${host.name}\`.`;
  return [finding(context, "warning", "subdomain-certificate", path, message, hint)];
}
