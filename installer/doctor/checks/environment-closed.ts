import { environmentLink } from "../../desired/python.ts";
import { error, type Check } from "../check.ts";
import { runAsEnvironment } from "./run-as-environment.ts";

/** What find(1) takes for "everybody may write it". */
const open = ["-perm", "/o+w", "!", "-type", "l"];
/** So many paths are named. */
const shown = 3;

/** Nothing in the shared environment can be written by everybody: a student could run code as the teacher. */
export const environmentClosed: Check = {
  id: "environment-closed",
  title: "Rights of the shared environment",
  area: "environment",
  async examine({ host, generation }) {
    const folder = await host.readLink(environmentLink);
    if (generation === undefined || folder === undefined) return [];
    const { stdout } = await host.query(["find", "-P", folder, ...open, "-print"], {
      okCodes: [0, 1],
      timeoutMs: 60_000,
    });
    const paths = stdout.split("\n").filter(Boolean);
    if (paths.length === 0) return [];
    const names = paths.slice(0, shown).join(", ");
    return [
      error(
        `Everybody may write ${paths.length} files of the shared environment: ${names}.`,
        `Type: sudo chmod -R o-w ${folder}`,
        folder,
      ),
    ];
  },
  // As its owner: root follows no link in a tree that admins may write.
  fix: {
    async repair(host, { about = "" }) {
      await runAsEnvironment(host, ["find", "-P", about, ...open, "-exec", "chmod", "o-w", "{}", "+"]);
    },
  },
};
