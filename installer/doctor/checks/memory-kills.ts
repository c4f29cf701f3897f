import { warning, type Check } from "../check.ts";

/** How the kernel says that it ended a process for memory. */
const kill = /oom-kill:.*task_memcg=([^,]+),task=([^,]+)/;

/** Nothing was ended for want of memory within a day. */
export const memoryKills: Check = {
  id: "memory-kills",
  title: "Programs that the kernel ended for memory",
  area: "machine",
  async examine({ host }) {
    const argv = [
      "journalctl",
      "--dmesg",
      "--quiet",
      "--no-pager",
      "--output=cat",
      "--since=-1d",
      "--grep=oom-kill:",
    ];
    const { stdout } = await host.query(argv, { okCodes: [0, 1] });
    const kills = stdout.split("\n").flatMap((line) => {
      const [, group = "", task = ""] = kill.exec(line) ?? [];
      return task === ""
        ? []
        : [
            `${task} of ${group.split("/").findLast((part) => /\.(service|slice|scope)$/.test(part)) ?? group}`,
          ];
    });
    return [...Map.groupBy(kills, (what) => what)].map(([what, times]) =>
      warning(
        `The kernel ended ${what} for want of memory, ${times.length === 1 ? "once" : `${times.length} times`} in the last day.`,
        "A student over the limit is no harm to others; where it is right to have more: sudo homeroom config set limits.memory=2G",
      ),
    );
  },
};
