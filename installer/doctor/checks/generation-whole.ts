import { keepBlob } from "../../resources/blobs.ts";
import { hashOf } from "../../resources/hash.ts";
import { warning, type Check } from "../check.ts";

const blobs = "/var/lib/homeroom/blobs";
/** Where the files of these kinds lie, before their ids. */
const places: Readonly<Record<string, string>> = {
  file: "",
  "systemd-unit": "/etc/systemd/system/",
  sudoers: "/etc/sudoers.d/",
};

/** Everything that a repair or a rollback would write again is kept, and unharmed. */
export const generationWhole: Check = {
  id: "generation-whole",
  title: "Kept copies of the files in use",
  area: "files",
  async examine({ host, generation }) {
    const files = (generation?.resources ?? []).filter(({ kind }) => places[kind] !== undefined);
    const found = files.map(async ({ kind, id, state }) => {
      const hash = (state as { sha256: string }).sha256;
      const content = await host.read(`${blobs}/${hash}`);
      if (content !== undefined && hashOf(content) === hash) return [];
      const path = `${places[kind]}${id}`;
      return [
        warning(
          `The kept copy of ${path} is missing or damaged: a rollback could not write it.`,
          "Look at the disk (`sudo dmesg | grep -i error`), then type: sudo homeroom doctor --fix generation-whole",
          path,
        ),
      ];
    });
    return (await Promise.all(found)).flat();
  },
  // What lies there now is kept under the hash of what it is: a changed file mends nothing and harms nothing.
  fix: {
    async repair(host, { about = "" }) {
      const content = await host.read(about);
      if (content === undefined) return;
      await host.remove(`${blobs}/${hashOf(content)}`);
      await keepBlob(host, content);
    },
  },
};
