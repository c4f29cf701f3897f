import { octal } from "../../resources/file.ts";
import { error, type Check } from "../check.ts";

/** /tmp is everybody's, and nobody may take away another's files in it. */
export const temporaryFolder: Check = {
  id: "temporary-folder",
  title: "Rights of /tmp",
  area: "machine",
  async examine({ host }) {
    const found = ["/tmp", "/var/tmp"].map(async (path) => {
      const stat = await host.stat(path);
      if (stat?.kind === "directory" && stat.mode === 0o1777 && stat.uid === 0) return [];
      const how = stat === undefined ? "is missing" : `has the rights ${octal(stat.mode)} instead of 1777`;
      return [
        error(
          `${path} ${how}: programs fail in odd ways.`,
          `Type: sudo install -d -m 1777 -o root -g root ${path}`,
          path,
        ),
      ];
    });
    return (await Promise.all(found)).flat();
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["install", "-d", "-m", "1777", "-o", "root", "-g", "root", "--", about]);
    },
  },
};
