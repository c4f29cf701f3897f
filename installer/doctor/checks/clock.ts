import { error, warning, type Check } from "../check.ts";

/** The clock is right: certificates, logins and the backup's retention depend on it. */
export const clock: Check = {
  id: "clock",
  title: "The clock",
  area: "machine",
  async examine({ host, generation, now }) {
    const made = Date.parse(generation?.created ?? "");
    if (now < made) {
      return [
        error(
          `The clock says ${new Date(now).toISOString()}, which is before Homeroom was installed.`,
          "Set it: sudo timedatectl set-ntp true; sudo timedatectl set-time 'YYYY-MM-DD HH:MM'",
        ),
      ];
    }
    const { exitCode, stdout } = await host.query(
      ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
      { okCodes: [0, 1] },
    );
    if (exitCode !== 0 || stdout.trim() === "yes") return [];
    return [
      warning(
        "Nothing keeps this machine's clock right.",
        "Type: sudo apt-get install systemd-timesyncd; sudo timedatectl set-ntp true",
      ),
    ];
  },
};
