import type { Machine } from "../installer/sandbox/machine.ts";
import { shell } from "./installed-machine.ts";

export interface Watch {
  /** Stops watching; a line for each file that was touched and for each word that systemd lost about our units. */
  end(): Promise<string[]>;
}

/** Where nothing of ours may be; what journald and the hub write for themselves is theirs. */
const folders = "/etc /opt /usr /var /run /home /root /srv /tmp";
const aside =
  "^(/var/log/journal|/run/log/journal|/var/lib/homeroom/(hub|proxy)|/run/systemd/journal)|/__pycache__";
const events = "modify,attrib,create,delete,move";
/** On a file system that is not watched. */
const seen = "/dev/shm/watch";

/**
 * Watches a machine's files by the kernel's inotify(7), and its journal: what a program did is seen whatever it says
 * itself, also what it has put right again by the end.
 */
export async function startWatch(machine: Machine): Promise<Watch> {
  const inotify = `inotifywait --monitor --recursive --event ${events} --format '%w%f %e' --exclude '${aside}' ${folders}`;
  await shell(
    machine,
    `command -v inotifywait >/dev/null || { apt-get -qq update && apt-get -qq install --yes inotify-tools; }
     systemd-run --quiet --collect --unit=watch --property=StandardOutput=truncate:${seen} --property=StandardError=truncate:${seen}.ready ${inotify}
     until grep -q established ${seen}.ready; do sleep 0.1; done; journalctl --sync; : >${seen}`,
  );
  const cursor = /cursor: (\S+)/.exec(await shell(machine, "journalctl -n 0 --show-cursor"))?.[1];
  return {
    async end() {
      const written = await shell(machine, `sleep 1; cat ${seen}`);
      const journal = await shell(
        machine,
        `journalctl --sync; journalctl --after-cursor='${cursor}' -o json _PID=1`,
      );
      await shell(machine, "systemctl stop watch");
      return [
        ...lines(written),
        ...lines(journal)
          .map((line) => JSON.parse(line) as Entry)
          .flatMap(wordsOf),
      ];
    },
  };
}

interface Entry {
  UNIT?: string;
  MESSAGE: string;
}

/** A unit of Homeroom's that was started, stopped or reloaded, or all units read again. */
function wordsOf({ UNIT: unit = "", MESSAGE: message }: Entry): string[] {
  return unit.startsWith("homeroom") || message.startsWith("Reload") ? [`${unit} ${message}`] : [];
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
