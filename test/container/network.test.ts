import { join } from "node:path";
import { expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { makeOfflineFile } from "../../scripts/release/make-offline-file.ts";
import { makeRelease } from "../../scripts/release/make-release.ts";
import { HubClient } from "../hub-client.ts";
import { admin, adminPassword, serveRelease, shell, siteOf } from "../installed-machine.ts";
import { testImages, testMachine } from "../machine.ts";
import { startForwardProxy } from "../registry/forward-proxy.ts";

/** What no other installation shows: ways to the network that are not the straight one. One image is enough. */
const [image = "bookworm"] = testImages;

test("where a proxy is the only way out, an installation goes through it", async () => {
  await using registry = await serveRelease();
  await using proxy = await startForwardProxy();
  await using machine = await testMachine("proxy", { image });
  const site = await siteOf(machine, registry.port);
  const address = site.replace(`:${registry.port}`, `:${proxy.port}`);
  // Neither a way to other networks nor a name server; /tmp where nothing may be started, as some servers have it.
  await changeNetwork(machine, "ip route delete default");
  await shell(machine, "mount -t tmpfs -o noexec,nosuid tmpfs /tmp");
  const variables = `http_proxy=${address} https_proxy=${address} HOMEROOM_REGISTRY=${site} HOMEROOM_ADMIN_PASSWORD=${adminPassword}`;
  const said = await shell(
    machine,
    `set -o pipefail; export ${variables}; curl -fsSL ${site}/bootstrap.sh | timeout --signal=INT 200 bash -s -- --admin ${admin}`,
  );
  expect(said).toContain("Done in");
  expect(new Set(proxy.hosts)).toContain(new URL(site).host);
  expect(proxy.hosts.some((host) => host.includes("debian"))).toBe(true);
  expect(proxy.hosts.filter((host) => host.startsWith("127."))).toEqual([]);
  await teacherComputes(machine);
});

test("the offline file installs without any network", async () => {
  const root = join(import.meta.dirname, "../..");
  const release = await makeRelease(root);
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  const file = await makeOfflineFile({ root, release, arch });
  await using machine = await testMachine("offline", { image });
  await machine.copyIn(file, "/root/offline.tar");
  // Debian's packages are the one thing that is not in it.
  const packages = "acl dbus polkitd sudo git libatomic1";
  await shell(
    machine,
    `export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install --yes --no-install-recommends ${packages}`,
  );
  await changeNetwork(machine, "ip link set eth0 down");
  const said = await shell(
    machine,
    `cd /root && tar -xf offline.tar bootstrap.sh && HOMEROOM_ADMIN_PASSWORD=${adminPassword} bash bootstrap.sh --offline offline.tar --admin ${admin}`,
  );
  expect(said).toContain("Done in");
  await changeNetwork(machine, "ip link set eth0 up");
  await teacherComputes(machine);
});

/** Only in a network of the machine's own: it must not be ours. */
async function changeNetwork(machine: Machine, line: string): Promise<void> {
  if (machine.url.includes("127.0.0.1")) throw new Error("the machine uses our own network");
  await shell(machine, line);
}

async function teacherComputes(machine: Machine): Promise<void> {
  const client = new HubClient(`${machine.url}/`);
  await client.login(admin, adminPassword);
  await client.startServer(admin);
  expect(await client.run(admin, "5*4")).toBe("20");
}
