import { error, type Check } from "../check.ts";
import { whoFills } from "../who-fills.ts";

/** Per cent. */
const most = 95;

/** There is room for new files: a disk can be full of names and not of bytes. */
export const inodes: Check = {
  id: "inodes",
  title: "Room for new files",
  area: "machine",
  async examine({ host }) {
    const { stdout } = await host.query(
      ["df", "--output=target,ipcent", "/", "/home", "/var/lib/homeroom", "/tmp"],
      { okCodes: [0, 1] },
    );
    const rows = stdout
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
    const full = new Map(rows.map(([target = "", used = "-"]) => [target, Number.parseInt(used, 10)]));
    const found = [...full]
      .filter(([, used]) => used >= most)
      .map(async ([target, used]) =>
        error(
          `${target} has room for few more files (${used} % of its inodes are taken).${await whoFills(host, target, "files")}`,
          `Somebody made very many small files: sudo du --inodes -x ${target} | sort -n | tail`,
          target,
        ),
      );
    return Promise.all(found);
  },
};
