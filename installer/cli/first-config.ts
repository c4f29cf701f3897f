import { parseRequirement } from "../../config/requirement.ts";

/** What the install question proposes. */
export const proposedPackages = "numpy pandas matplotlib scipy";

/** The config that an install writes: the admin, and the places where a teacher will want to write. */
export function firstConfig(admin: string, packages: readonly string[]): string {
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
${packages.length === 0 ? "" : environmentWith(packages)}`;
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
