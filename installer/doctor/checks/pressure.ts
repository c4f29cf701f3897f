import { warning, type Check } from "../check.ts";

/** Per cent of the last minute in which somebody waited ("some avg60", the kernel's pressure stall information). */
const much = 30;
const of = { cpu: "the processor", memory: "memory", io: "the disk" } as const;

/** Programs do not wait long for processor, memory or disk. */
export const pressure: Check = {
  id: "pressure",
  title: "Waiting for processor, memory and disk",
  area: "machine",
  async examine({ host }) {
    const found = Object.entries(of).map(async ([name, what]) => {
      const text = (await host.read(`/proc/pressure/${name}`))?.toString("utf8") ?? "";
      const waited = Number(/^some .*avg60=([\d.]+)/m.exec(text)?.[1] ?? 0);
      if (waited < much) return [];
      return [
        warning(
          `In ${Math.round(waited)} % of the last minute programs waited for ${what}.`,
          "`systemd-cgtop homeroom.slice` shows whose; a lower limit or a larger machine helps.",
        ),
      ];
    });
    return (await Promise.all(found)).flat();
  },
};
