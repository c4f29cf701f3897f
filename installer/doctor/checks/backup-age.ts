import { error, warning, type Check } from "../check.ts";

const hourMs = 60 * 60 * 1000;
/** A night may be missed, as when the machine is off; two are a fault. */
const lateHours = 50;

/** Where copies are asked for, there is a recent one, and the last attempt worked. */
export const backupAge: Check = {
  id: "backup-age",
  title: "Copies",
  area: "machine",
  async examine({ config, lastCopy, now }) {
    if (config === undefined || config.backup.repository === null) return [];
    const good = lastCopy?.good;
    if (lastCopy?.error !== undefined) {
      const since =
        good === undefined ? "there is none" : `the last good one is of ${good.at.slice(0, 16)} UTC`;
      return [error(`The last copy failed, and ${since}: ${lastCopy.error}`, tryNow)];
    }
    if (good === undefined) return [warning("Copies are asked for, and no copy was made yet.", tryNow)];
    const hours = Math.floor((now - Date.parse(good.at)) / hourMs);
    if (hours < lateHours) return [];
    return [
      error(`The last copy is ${hours} hours old.`, `${tryNow} See: systemctl status homeroom-backup.timer`),
    ];
  },
};

const tryNow = "Type: sudo homeroom backup run";
