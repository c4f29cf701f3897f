import { error, warning, type Check } from "../check.ts";
import { whoFills } from "../who-fills.ts";

const GB = 1e9;
const places = ["/", "/home", "/var/lib/homeroom", "/opt/homeroom", "/tmp"];

/** There is room on the disks that the class and the hub write to. */
export const diskSpace: Check = {
  id: "disk-space",
  title: "Free disk",
  area: "machine",
  async examine({ host }) {
    const { stdout } = await host.query(["df", "--block-size=1", "--output=target,size,avail", ...places], {
      okCodes: [0, 1],
    });
    const found = mounts(stdout).map(async ([target, size, free]) => {
      if (free >= Math.min(2 * GB, size * 0.1)) return [];
      const who = await whoFills(host, target, "bytes");
      const words = `${target} has ${(free / GB).toFixed(1)} GB free of ${(size / GB).toFixed(0)} GB.${who}`;
      const remedy = `\`sudo du -xh --max-depth=2 ${target} | sort -h | tail\` shows what takes the room; \`sudo apt-get clean\` and \`sudo journalctl --vacuum-size=200M\` free some.`;
      const bad = free < Math.min(GB / 2, size * 0.02);
      return [bad ? error(words, remedy, target) : warning(words, remedy, target)];
    });
    return (await Promise.all(found)).flat();
  },
};

/** Lines of df(1) without its head, each file system once. */
function mounts(text: string): [string, number, number][] {
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const seen = new Map(
    rows.map(([target = "", size, free]) => [
      target,
      [target, Number(size), Number(free)] as [string, number, number],
    ]),
  );
  return [...seen.values()];
}
