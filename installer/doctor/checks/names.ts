import { error, warning, type Check } from "../check.ts";

/** Names of other machines can be looked up, and the machine's own. */
export const names: Check = {
  id: "names",
  title: "Looking up names",
  area: "machine",
  async examine({ host }) {
    const own = (await host.read("/etc/hostname"))?.toString("utf8").trim() ?? "";
    const servers = (await host.query(["getent", "ahosts", "localhost"], { okCodes: [0, 2] })).exitCode;
    const found = [];
    if (servers !== 0)
      found.push(
        error(
          "The name localhost cannot be looked up.",
          "/etc/hosts should have the line: 127.0.0.1 localhost",
        ),
      );
    const resolver = (await host.query(["cat", "/etc/resolv.conf"], { okCodes: [0, 1] })).stdout;
    if (!/^\s*nameserver\s/m.test(resolver)) {
      found.push(
        error(
          "This machine has no name server, so packages and updates cannot be fetched.",
          "Put one into /etc/resolv.conf, as your network's administrator says: nameserver 192.0.2.53",
        ),
      );
    }
    if (own !== "" && (await host.query(["getent", "hosts", own], { okCodes: [0, 2] })).exitCode !== 0) {
      found.push(
        warning(
          `The machine's own name, ${own}, cannot be looked up: sudo waits for it each time.`,
          `Add to /etc/hosts: 127.0.1.1 ${own}`,
        ),
      );
    }
    return found;
  },
};
