import { octal } from "../../resources/file.ts";
import { error, type Check } from "../check.ts";

const folder = "/var/lib/homeroom/secrets";
const config = "/etc/homeroom/config.yaml";

/** Only root reads the secrets and the config, which may hold some. */
export const secretsClosed: Check = {
  id: "secrets-closed",
  title: "Files that only root may read",
  area: "files",
  async examine({ host }) {
    const paths = [config, folder, ...(await host.list(folder)).map((name) => `${folder}/${name}`)];
    const found = paths.map(async (path) => {
      const stat = await host.stat(path);
      if (stat === undefined || (stat.uid === 0 && (stat.mode & 0o077) === 0)) return [];
      return [
        error(
          `${path} can be read by others than root (${octal(stat.mode)}).`,
          `Type: sudo chown root: ${path} && sudo chmod go= ${path}`,
          path,
        ),
      ];
    });
    return (await Promise.all(found)).flat();
  },
  fix: {
    async repair(host, { about = "" }) {
      await host.run(["chown", "--no-dereference", "root:root", "--", about]);
      await host.run(["chmod", "go=", "--", about]);
    },
  },
};
