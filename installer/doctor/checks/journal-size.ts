import { warning, type Check } from "../check.ts";

const GiB = 1024 ** 3;
const units: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: GiB, T: 1024 * GiB };

/** The system's journal does not fill the disk. */
export const journalSize: Check = {
  id: "journal-size",
  title: "Size of the system's journal",
  area: "machine",
  async examine({ host }) {
    const { stdout } = await host.query(["journalctl", "--disk-usage"], { okCodes: [0, 1] });
    const [, number = "0", unit = "B"] = /([\d.]+)\s?([BKMGT])/.exec(stdout) ?? [];
    const bytes = Number(number) * (units[unit] ?? 1);
    if (bytes < 4 * GiB) return [];
    return [
      warning(
        `The system's journal takes ${(bytes / GiB).toFixed(1)} GiB.`,
        "Type: sudo journalctl --vacuum-size=1G; SystemMaxUse= in /etc/systemd/journald.conf keeps it small.",
      ),
    ];
  },
  fix: {
    async repair(host) {
      await host.run(["journalctl", "--vacuum-size=1G"], { timeoutMs: 120_000 });
    },
  },
};
