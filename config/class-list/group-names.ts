import { createHash } from "node:crypto";
import { isPowerfulGroup, isReservedGroup, systemGroups } from "../roster/group-names.ts";

/** As long as Debian's groupadd takes. */
const longest = 32;

/** The Unix group of a section. Long names, and those in other scripts, get a hash, so that no two sections are one. */
export function groupNameOf(section: string): string {
  const plain = section
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const hash = createHash("sha256").update(section).digest("hex").slice(0, 6);
  if (plain === "") return `class-${hash}`;
  const taken = isReservedGroup(plain) || isPowerfulGroup(plain) || systemGroups.has(plain);
  const name = taken || !/^[a-z_]/.test(plain) ? `class-${plain}` : plain;
  return name.length <= longest ? name : `${name.slice(0, longest - hash.length - 1)}-${hash}`;
}

/**
 * Sections of one cell. Commas, semicolons and bars separate; "and", which Canvas puts between the last two, only
 * where other people are in each of the two alone ("Art and Design" is one section).
 * @param known every cell of the column
 */
export function splitGroups(cell: string, known: ReadonlySet<string>): string[] {
  return cell
    .split(/\s*[,;|]\s*(?:and\s+)?/)
    .flatMap((part) => {
      const both = part.split(/\s+and\s+/);
      return both.length > 1 && both.every((one) => known.has(one)) ? both : [part];
    })
    .filter((part) => part !== "" && !noGroup.test(part));
}

/** What Moodle writes for people who are in none. */
const noGroup = /^(?:no groups?|keine gruppen?|aucun groupe|sin grupos?)$/i;
