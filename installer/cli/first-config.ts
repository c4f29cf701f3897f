import { isDomain, isEmail } from "../../config/rules/https-rules.ts";
import { parseRequirement } from "../../config/requirement.ts";

/** What the install question proposes. */
export const proposedPackages = "numpy pandas matplotlib scipy";

/** By which name the hub is found, and whom a certificate authority tells of trouble. */
export interface PublicName {
  domain: string;
  email: string;
}

/** The config that an install writes: the admin, and the places where a teacher will want to write. */
export function firstConfig(admin: string, packages: readonly string[], name?: PublicName): string {
  return `# yaml-language-server: $schema=/opt/homeroom/current/config/schema.json
# The one file of this hub. After a change: sudo homeroom apply
# Every key: homeroom config reference

users:
  # Admins may use sudo and install packages for everybody.
  admin:
    - ${JSON.stringify(admin)}
  # Who else may log in, one name a line; each sets a password at the first login.
  allowed: []

limits:
  # What one person may use, as in 1G; whoever needs more gets a message, not the whole class.
  # auto is computed from this machine: homeroom config show --origin limits
  memory: auto
${name === undefined ? "" : httpsFor(name)}${packages.length === 0 ? "" : environmentWith(packages)}`;
}

function httpsFor({ domain, email }: PublicName): string {
  return `
https:
  enabled: true
  letsencrypt:
    email: ${JSON.stringify(email)}
    domains:
      - ${JSON.stringify(domain)}
`;
}

function environmentWith(packages: readonly string[]): string {
  return `
environment:
  # Python packages for everybody, beside what admins install in a notebook with pip.
  packages:
${packages.map((each) => `    - ${JSON.stringify(each)}\n`).join("")}`;
}

/** Whether a user name can be the admin's: true, or what is wrong with it. */
export function validName(name: string): true | string {
  return /^[a-z][a-z0-9_.@-]{0,60}$/.test(name)
    ? true
    : `${JSON.stringify(name)} cannot be a user name: small letters, digits and _ . @ -, beginning with a letter.`;
}

/** The packages in a line that was typed: names with or without versions, between spaces or commas. */
export function packagesIn(line: string): string[] {
  const words = line.split(/[\s,]+/).filter((word) => word !== "");
  return words.length === 1 && words[0]?.toLowerCase() === "none" ? [] : [...new Set(words)];
}

/** Whether a typed line names packages: true, or what is wrong with it. */
export function validPackages(line: string): true | string {
  const wrong = packagesIn(line).find((word) => parseRequirement(word) === undefined);
  return wrong === undefined
    ? true
    : `${JSON.stringify(wrong)} is no package: names as in numpy pandas>=2, with spaces between them.`;
}

/** What was typed for a name, or undefined for none. */
export function domainIn(line: string): string | undefined {
  const domain = line.trim().toLowerCase();
  return domain === "" || domain === "none" ? undefined : domain;
}

/** Whether a typed line names the hub's domain, or none: true, or what is wrong with it. */
export function validDomain(line: string): true | string {
  const domain = domainIn(line);
  return domain === undefined || isDomain(domain)
    ? true
    : `${JSON.stringify(line)} is no name that can be certified: the full name alone, as in hub.school.example.`;
}

/** Whether mail can go to what was typed: true, or what is wrong with it. */
export function validEmail(line: string): true | string {
  return isEmail(line.trim()) ? true : `${JSON.stringify(line)} is no e-mail address.`;
}
