import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { admin, adminPassword, serveRelease, shell, siteOf } from "../installed-machine.ts";
import { testImages, testMachine } from "../machine.ts";
import type { Registry } from "../registry/registry.ts";

interface Refusal {
  what: string;
  /** Command lines that make the machine one that is refused, and put it right again. */
  arrange?: string;
  restore?: string;
  /** Goes before bash. */
  as?: string;
  /** Where packages are fetched; the one that has them where nothing is said. */
  registry?: string;
  /** How the site answers. */
  site?: (typeof answers)[number];
  exitCode: number;
  says: string[];
}

/** "no end": the script breaks off in the middle; "no call": before its last line; "forged": another release is given out. */
const answers = ["whole", "no end", "no call", "forged"] as const;

const refusals: readonly Refusal[] = [
  {
    what: "another system",
    arrange:
      "cp --preserve=all /usr/lib/os-release /root/os-release; sed -i 's/^ID=.*/ID=fedora/; s/^PRETTY_NAME=.*/PRETTY_NAME=\"Fedora 44\"/' /usr/lib/os-release",
    restore:
      "cat /root/os-release >/usr/lib/os-release; touch --reference=/root/os-release /usr/lib/os-release; rm /root/os-release",
    exitCode: 1,
    says: [
      "runs on Debian 12 or newer and Ubuntu 24.04 or newer; this is Fedora 44.",
      "Nothing was changed.",
    ],
  },
  {
    what: "no root",
    as: "setpriv --reuid=65534 --regid=65534 --clear-groups",
    exitCode: 77,
    says: ["This needs root.", `| sudo bash -s -- --admin ${admin}`, "Nothing was changed."],
  },
  {
    what: "no systemd",
    // As in a container of Docker's: the shell is process 1, and /run is empty.
    as: `unshare --mount --pid --fork --mount-proc sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh`,
    exitCode: 1,
    says: ["systemd doesn't run this machine (it is not process 1)", "add --sandbox", "Nothing was changed."],
  },
  {
    what: "port 80 taken",
    arrange: "systemd-run --quiet --unit=other python3 -I -m http.server -d /srv 80; sleep 1",
    restore: "systemctl stop other",
    exitCode: 1,
    says: ["Port 80 is in use by python3.", "systemctl disable --now python3", "another http.port"],
  },
  {
    what: "the registry down",
    registry: "http://192.0.2.1:9",
    exitCode: 1,
    says: ["The registry 192.0.2.1:9 can’t be reached", "HOMEROOM_REGISTRY", "Nothing was changed."],
  },
  { what: "half a script", site: "no end", exitCode: 2, says: ["curl: (18)", "unexpected end of file"] },
  { what: "a script without its last line", site: "no call", exitCode: 0, says: ["curl: (18)"] },
  {
    what: "another package than was released",
    site: "forged",
    exitCode: 1,
    says: [
      "isn’t what was released: its hash is sha512-",
      "it stopped at: Fetch Node",
      "/var/log/homeroom/install.log",
    ],
  },
];

describe.each(testImages)("a %s machine that bootstrap.sh refuses", (image) => {
  let machine: Machine;
  let registry: Registry;
  let site: (typeof answers)[number] = "whole";
  beforeAll(async () => {
    let whole = Buffer.alloc(0);
    registry = await serveRelease({
      intercept(request, response) {
        if (request.url === "/bootstrap.sh" && (site === "no end" || site === "no call")) {
          const end = site === "no end" ? whole.length / 2 : whole.lastIndexOf("\n", whole.length - 2);
          const announced = response.writeHead(200, { "content-length": whole.length });
          announced.write(whole.subarray(0, end), () => response.destroy());
          return true;
        }
        if (site !== "forged" || !/\/homeroom-[^/]*\.tgz$/.test(request.url ?? "")) return false;
        response.writeHead(200).end("something else");
        return true;
      },
    });
    whole = await readFile(join(import.meta.dirname, "../../build/bootstrap.sh"));
    machine = await testMachine("refusals", { image });
  });
  afterAll(async () => {
    await machine?.down();
    await registry?.[Symbol.asyncDispose]();
  });

  /** Every file with its rights, owner, size, time and inode, and what runs; logs, caches and dpkg's own books aside. */
  async function everything(): Promise<string[]> {
    const aside = "/var/log /var/cache /etc/ld.so.cache /var/lib/apt /var/lib/dpkg /var/lib/systemd".split(
      " ",
    );
    const pruned = aside.map((path) => `-path ${path} -prune -o`).join(" ");
    // Directories change their time when something came and went.
    const format = "\\( -type d -printf '%p %M %U:%G\\n' -o -printf '%p %M %U:%G %s %T@ %i %l\\n' \\)";
    const running =
      "systemctl list-units --all --plain --no-legend --type=service,socket | awk '{print $1, $4}'";
    const said = await shell(machine, `find / -xdev ${pruned} ${format} | sort; dpkg-query -W; ${running}`);
    return said.split("\n");
  }

  test.each(refusals)("$what: its message, its exit code, nothing left behind", async (refusal) => {
    const { arrange = "true", restore = "true", as = "", exitCode, says } = refusal;
    const address = await siteOf(machine, registry.port);
    await shell(machine, arrange);
    const before = await everything();
    site = refusal.site ?? "whole";
    const ran = await machine.exec(
      ["bash", "-c", `curl -fsSL ${address}/bootstrap.sh | ${as} bash -s -- --admin ${admin}`],
      {
        env: { HOMEROOM_REGISTRY: refusal.registry ?? address, HOMEROOM_ADMIN_PASSWORD: adminPassword },
        okCodes: Array.from({ length: 256 }, (_, code) => code),
      },
    );
    site = "whole";
    for (const words of says) expect(ran.stderr).toContain(words);
    expect(ran).toMatchObject({ exitCode, stdout: "" });
    expect(ran.stderr).not.toContain(adminPassword);
    expect(await everything()).toEqual(before);
    await shell(machine, restore);
  });
});
