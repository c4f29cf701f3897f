import { error, type Check } from "../check.ts";

/** No installation of a Debian package was left in the middle. */
export const packageState: Check = {
  id: "package-state",
  title: "Debian packages that are half installed",
  area: "machine",
  async examine({ host }) {
    const journal = (await host.list("/var/lib/dpkg/updates")).filter((name) => /^\d+$/.test(name));
    const { stdout } = await host.query(["dpkg", "--audit"], { okCodes: [0, 1] });
    const broken = stdout
      .split("\n")
      .filter((line) => /^ \S/.test(line))
      .map((line) => line.trim().split(/\s+/)[0]);
    if (broken.length === 0 && journal.length === 0) return [];
    const which = broken.length === 0 ? "" : `: ${broken.join(", ")}`;
    return [
      error(
        `An installation of Debian packages was interrupted${which}.`,
        "Type: sudo dpkg --configure -a; sudo apt-get install --fix-broken",
      ),
    ];
  },
  fix: {
    async repair(host) {
      await host.run(["dpkg", "--force-confold", "--configure", "--pending"], {
        env: { DEBIAN_FRONTEND: "noninteractive" },
        timeoutMs: 600_000,
      });
    },
  },
};
