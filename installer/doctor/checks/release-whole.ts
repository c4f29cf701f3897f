import { createHash } from "node:crypto";
import { error, type Check } from "../check.ts";

/** So many paths are named. */
const shown = 3;

/** Homeroom's own files are those of its release. */
export const releaseWhole: Check = {
  id: "release-whole",
  title: "Homeroom's own files",
  area: "files",
  async examine({ host, release }) {
    const bad = await Promise.all(
      [...release.hashes].map(async ([path, hash]) => {
        const content = await host.read(`${release.folder}/${path}`);
        return content !== undefined &&
          `sha512-${createHash("sha512").update(content).digest("base64")}` === hash
          ? []
          : [path];
      }),
    );
    const paths = bad.flat();
    if (paths.length === 0) return [];
    const names = paths.slice(0, shown).join(", ");
    const more = paths.length > shown ? ` and ${paths.length - shown} more` : "";
    return [
      error(
        `Of ${release.folder} ${names}${more} ${paths.length === 1 ? "is" : "are"} missing or changed.`,
        "Run bootstrap.sh again: it fetches the release anew.",
      ),
    ];
  },
};
