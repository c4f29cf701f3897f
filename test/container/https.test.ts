import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { selfSigned } from "../certificates.ts";
import { HubClient } from "../hub-client.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";
import { startTraffic } from "../traffic.ts";

const folder = "/etc/homeroom/tls";
const switchOn = `homeroom config set https.enabled=true https.tls.key=${folder}/key.pem https.tls.cert=${folder}/cert.pem`;

describe.each(testImages)("HTTPS with a certificate of one's own on %s", (image) => {
  let machine: Machine;
  let encrypted: string;
  let alice: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "https" });
    encrypted = machine.url.replace("http:", "https:");
    await letIn(machine, "alice");
    alice = await atWork(machine, "alice");
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** Puts a new certificate for the machine's address where the config names it; everybody here trusts it. */
  async function putCertificate(): Promise<string> {
    const { cert, key } = selfSigned(new URL(machine.url).hostname);
    tls.setDefaultCACertificates([...tls.getCACertificates("default"), cert]);
    await shell(
      machine,
      `install -d -m 0700 ${folder} && cat > ${folder}/new-key.pem <<'E'\n${key}E\ncat > ${folder}/new-cert.pem <<'E'\n${cert}E\n` +
        `mv ${folder}/new-key.pem ${folder}/key.pem && mv ${folder}/new-cert.pem ${folder}/cert.pem`,
    );
    return cert;
  }

  async function encryptedAlice(): Promise<HubClient> {
    const client = new HubClient(`${encrypted}/`);
    await client.login("alice", "password-of-alice");
    await client.startServer("alice");
    return client;
  }

  /** The certificate that a new handshake shows. */
  async function shownCertificate(): Promise<string> {
    const host = new URL(machine.url).hostname;
    const socket = tls.connect({ host, port: 443, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const certificate = socket.getPeerX509Certificate()?.toString() ?? "";
    socket.destroy();
    return certificate;
  }

  test("a key that belongs to another certificate is refused by name, and nothing changes", async () => {
    await putCertificate();
    const { key } = selfSigned();
    await shell(machine, `cp ${folder}/key.pem ${folder}/right.pem; cat > ${folder}/key.pem <<'E'\n${key}E`);
    const said = await shell(machine, switchOn, [78]);
    expect(said).toContain("do not belong together");
    await shell(machine, `mv ${folder}/right.pem ${folder}/key.pem`);
    expect(await shell(machine, "homeroom config get https.enabled", [0, 1])).not.toContain("true");
    expect((await fetch(`${machine.url}/hub/health`)).status).toBe(200);
  });

  test("switched on while alice computes: her kernel goes on, and nobody is turned away", async () => {
    await putCertificate();
    await using kernel = await alice.kernel("alice");
    const before = await kernel.run("import os; os.getpid()");
    const computed = kernel.run("import time; time.sleep(5); 'still ' + 'here'");
    const server = startTraffic(`${machine.url}/user/alice/api`, { everyMs: 10 });
    await shell(machine, switchOn);
    expect((await new HubClient(`${encrypted}/`).get("hub/health")).status).toBe(200);
    await server.reach(500);
    const answers = await server.end();
    // Before it 200, after it the way to the encrypted door.
    expect(answers.filter((answer) => answer !== 200 && answer !== 307)).toEqual([]);
    expect(answers.at(-1)).toBe(307);
    expect(await computed).toBe("'still here'");
    expect(await kernel.run("os.getpid()")).toBe(before);
  });

  test("somebody who types the plain address logs in encrypted, and computes", async () => {
    const { status, url } = await new HubClient(`${machine.url}/`).get("hub/login");
    expect([status, url.protocol]).toEqual([200, "https:"]);
    const client = await encryptedAlice();
    expect(await client.run("alice", "5*4")).toBe("20");
    expect(await shell(machine, "homeroom status --json")).toContain(`"https://`);
    expect(await shell(machine, "homeroom status")).toMatch(/^certificate: until 20[0-9-]+, \d+ days$/m);
  });

  test("the key is for root and the proxy alone, and root does not listen", async () => {
    expect(
      await shell(machine, "stat -c '%a %U %G' /var/lib/homeroom/tls /var/lib/homeroom/tls/certificate.pem"),
    ).toBe("750 root homeroom-proxy\n640 root homeroom-proxy\n");
    const pids = await shell(machine, "systemctl show -P MainPID homeroom-proxy@a homeroom-proxy@b");
    const serving = pids.split("\n").filter((pid) => pid !== "" && pid !== "0");
    expect(serving).toHaveLength(1);
    expect(await shell(machine, `stat -c %U /proc/${serving[0]}`)).toBe("homeroom-proxy\n");
    const answers = await shell(machine, "ss -Hltnp 'sport = :443'");
    expect(answers).toContain(`pid=${serving[0]},`);
  });

  test("a certificate that is renewed where it lies is shown to the next visitor, without an apply", async () => {
    await using kernel = await (await encryptedAlice()).kernel("alice");
    const running = await shell(machine, "systemctl show -P MainPID homeroom-proxy@a homeroom-proxy@b");
    const renewed = await putCertificate();
    await expect.poll(shownCertificate, { timeout: 30_000 }).toBe(renewed);
    expect(await shell(machine, "systemctl show -P MainPID homeroom-proxy@a homeroom-proxy@b")).toBe(running);
    expect(await kernel.run("5*4")).toBe("20");
    expect(await shell(machine, "homeroom apply --json")).toContain(`"unchanged"`);
  });

  test("one that is renewed with the wrong key is not taken, and the journal says why", async () => {
    const before = await shownCertificate();
    const { key } = selfSigned();
    await shell(machine, `cat > ${folder}/key.pem <<'E'\n${key}E`);
    const log = async () => shell(machine, "journalctl -q -o cat -t homeroom-certificate");
    await expect.poll(log, { timeout: 30_000 }).toContain("do not belong together");
    expect(await shownCertificate()).toBe(before);
    await putCertificate();
  });

  test("switched off again, the plain door serves as before", async () => {
    const kernel = await (await encryptedAlice()).kernel("alice");
    await shell(machine, "homeroom config set https.enabled=false");
    expect((await fetch(`${machine.url}/hub/health`)).status).toBe(200);
    expect(await kernel.run("5*4")).toBe("20");
    kernel.socket.close();
    const encryptedPort = async () => shell(machine, "ss -Hltn 'sport = :443'");
    await expect.poll(encryptedPort, { timeout: 20_000 }).toBe("");
    expect(await shell(machine, "homeroom apply --json")).toContain(`"unchanged"`);
  });

  test("behind nginx: the hub knows that its visitors come encrypted, and from where; strangers claim in vain", async () => {
    await putCertificate();
    await shell(
      machine,
      "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light",
    );
    await shell(machine, `cat > /etc/nginx/sites-enabled/default <<'E'\n${nginx}E\nsystemctl restart nginx`);
    await shell(machine, "homeroom config set http.trusted_proxies='[127.0.0.1]'");

    const client = new HubClient(`${encrypted}:8443/`);
    await client.login("alice", "password-of-alice");
    await client.startServer("alice");
    expect(await client.run("alice", "5*4")).toBe("20");
    const page = await client.get("hub/login");
    expect(page.url.href).toContain(`${encrypted}:8443/`);
    const { headers } = await new HubClient(`${encrypted}:8443/`).get("hub/login");
    expect(headers["set-cookie"]?.every((cookie) => /; Secure/i.test(cookie))).toBe(true);

    await fetch(`${machine.url}/hub/nowhere`, { headers: { "x-forwarded-for": "192.0.2.99" } });
    const log = async () => shell(machine, "homeroom logs hub --since '-2m'");
    await expect.poll(log, { timeout: 20_000 }).toContain("/hub/nowhere");
    const own = (await shell(machine, "ip -4 route show default")).match(/via (\S+)/)?.[1] ?? "";
    expect(await log()).toContain(`(alice@${own})`);
    expect(await log()).not.toContain("192.0.2.99");
    expect(await log()).not.toContain("(alice@127.0.0.1)");
  });
});

/** What docs/https.md tells to write. */
const nginx = `server {
  listen 8443 ssl;
  ssl_certificate ${folder}/cert.pem;
  ssl_certificate_key ${folder}/key.pem;
${nginxOfTheDocs()}
}
`;

function nginxOfTheDocs(): string {
  const page = readFileSync(join(import.meta.dirname, "../../docs/https.md"), "utf8");
  const location = /^location \/ \{$[^]*?^\}$/m.exec(page)?.[0];
  if (location === undefined) throw new Error("docs/https.md does not say what nginx needs");
  return location.replace("127.0.0.1:8080", "127.0.0.1:80");
}
