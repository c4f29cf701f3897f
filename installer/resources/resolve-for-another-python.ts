import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { resolvePackages, type Wanted } from "./resolve-packages.ts";
import type { Uv } from "./run-uv.ts";

/** What uv says where a package is there, but not for this Python. Words of uv 0.13. */
const noBuild =
  /no wheels with a matching|only found wheels for|Wheels are available for|have no usable wheels|does not satisfy Python/;

export interface Resolved {
  lock: string;
  /** Requirements that it does without: nothing of them, or of what they need, is made for this Python. */
  leftOut: string[];
}

/**
 * The lock of everything that there is for this Python: after an upgrade of the operating system most packages are
 * better than none. Nobody is there to be asked.
 * @throws HomeroomError where anything else is in the way, a network above all
 */
export async function resolveForAnotherPython(
  host: Host,
  uv: Uv,
  owner: FileOwner,
  wanted: Wanted,
): Promise<Resolved> {
  const leftOut: string[] = [];
  let lines = wanted.requirements.split("\n").filter((line) => line !== "");
  for (;;) {
    const requirements = lines.map((line) => `${line}\n`).join("");
    try {
      return { lock: await resolvePackages(host, uv, owner, { ...wanted, requirements }), leftOut };
    } catch (error) {
      const name = error instanceof HomeroomError ? unbuilt(error.remedy, lines) : undefined;
      if (name === undefined) throw error;
      leftOut.push(...lines.filter((line) => nameOf(line) === name));
      lines = lines.filter((line) => nameOf(line) !== name);
    }
  }
}

/** The requirement that uv holds responsible: it concludes from "you require NAME". */
function unbuilt(said: string, lines: readonly string[]): string | undefined {
  if (!noBuild.test(said)) return undefined;
  const words = said.replaceAll(/\s+/g, " ");
  const required = Array.from(words.matchAll(/you require (.*?),? we can conclude/g), ([, list = ""]) =>
    list.split(/,? and |, /),
  ).flat();
  const names = new Set(lines.map(nameOf));
  return required.map(nameOf).findLast((name) => names.has(name));
}

function nameOf(line: string): string {
  const [name = ""] = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/.exec(line) ?? [];
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
