import { warning, type Check } from "../check.ts";

/** The machine has memory left. */
export const memory: Check = {
  id: "memory",
  title: "Free memory",
  area: "machine",
  async examine({ host }) {
    const text = (await host.read("/proc/meminfo"))?.toString("utf8") ?? "";
    const kilobytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
    const [total, available] = [kilobytes("MemTotal"), kilobytes("MemAvailable")];
    if (total === 0 || available > total / 10) return [];
    return [
      warning(
        `${Math.round(available / 1024)} MiB of ${Math.round(total / 1024)} MiB memory are free.`,
        "`systemd-cgtop -m homeroom.slice` shows who uses it; lower limits.memory, or give the machine more.",
      ),
    ];
  },
};
