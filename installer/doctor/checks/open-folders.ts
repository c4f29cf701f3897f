import { octal } from "../../resources/file.ts";
import { error, type Check } from "../check.ts";

/** Whoever may write one of these owns the machine. */
const folders = [
  "/",
  "/etc",
  "/etc/homeroom",
  "/etc/systemd/system",
  "/home",
  "/opt",
  "/opt/homeroom",
  "/usr",
  "/usr/local/bin",
  "/var",
  "/var/lib",
  "/var/lib/homeroom",
];

/** Folders that programs of root come from cannot be written by others. */
export const openFolders: Check = {
  id: "open-folders",
  title: "Folders that only root may write",
  area: "machine",
  async examine({ host }) {
    const found = folders.map(async (path) => {
      const stat = await host.stat(path);
      if (stat === undefined || stat.kind !== "directory") return [];
      // Debian gives /usr/local and /var/lib's like to the group staff, which has no members.
      if (stat.uid === 0 && (stat.mode & 0o002) === 0) return [];
      return [
        error(
          `Everybody may write into ${path} (${octal(stat.mode)}).`,
          `Type: sudo chown root ${path} && sudo chmod o-w ${path}`,
          path,
        ),
      ];
    });
    return (await Promise.all(found)).flat();
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["chown", "--no-dereference", "root", "--", about]);
      await host.run(["chmod", "o-w", "--", about]);
    },
  },
};
