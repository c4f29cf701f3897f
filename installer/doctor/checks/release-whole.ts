import { createHash } from "node:crypto";
import { error, type Check } from "../check.ts";

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
    return bad
      .flat()
      .map((path) =>
        error(
          `${release.folder}/${path} is missing or changed.`,
          "Run bootstrap.sh again: it fetches the release anew.",
          path,
        ),
      );
  },
};
