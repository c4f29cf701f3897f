import { once } from "node:events";
import tls from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { selfSigned } from "../certificates.ts";
import { HubClient } from "../hub-client.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** Certificates by pebble, the authority for tests that Debian has; one image is enough. */
const [image = "bookworm"] = testImages;
const name = "hub.school.example";
const directory = "https://localhost:14000/dir";
const switchOn = [
  "homeroom config set https.enabled=true",
  "https.letsencrypt.email=teacher@school.example",
  `https.letsencrypt.domains='[${name}]'`,
  `https.letsencrypt.server=${directory}`,
].join(" ");

let machine: Machine;
beforeAll(async () => {
  machine = await installedMachine(image, { purpose: "acme" });
  await installPebble();
});
afterAll(async () => {
  await machine?.down();
});

/** An authority on the machine itself, which looks at names without waiting. */
async function installPebble(): Promise<void> {
  const { cert, key } = selfSigned("localhost");
  const config = {
    pebble: {
      listenAddress: "127.0.0.1:14000",
      managementListenAddress: "127.0.0.1:15000",
      certificate: "/etc/pebble/cert.pem",
      privateKey: "/etc/pebble/key.pem",
      httpPort: 80,
      tlsPort: 443,
      ocspResponderURL: "",
      externalAccountBindingRequired: false,
    },
  };
  const files: Record<string, string> = {
    "/etc/pebble/cert.pem": cert,
    "/etc/pebble/key.pem": key,
    "/etc/pebble/config.json": JSON.stringify(config),
    "/etc/systemd/system/pebble.service": [
      "[Service]",
      "Environment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0",
      "ExecStart=/usr/bin/pebble -config /etc/pebble/config.json",
    ].join("\n"),
    // What an admin does who has an authority of their own.
    "/etc/systemd/system/homeroom-acme.service.d/own-authority.conf":
      "[Service]\nEnvironment=REQUESTS_CA_BUNDLE=/etc/pebble/cert.pem\n",
  };
  await shell(
    machine,
    "export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install --yes --no-install-recommends pebble",
  );
  for (const [path, content] of Object.entries(files))
    await shell(machine, `mkdir -p $(dirname ${path}); cat > ${path} <<'END'\n${content.trimEnd()}\nEND`); // oxlint-disable-line no-await-in-loop
  await shell(machine, "systemctl daemon-reload");
}

/** Where the name leads from now on. Pebble (Go's net package) looks into /etc/hosts every five seconds. */
async function leadTo(address: string): Promise<void> {
  const hosts = `grep -v ' ${name}$' /etc/hosts; echo "${address} ${name}"`;
  await shell(machine, `{ ${hosts}; } > /root/hosts; cat /root/hosts > /etc/hosts; sleep 6`);
}

/** The certificate that the encrypted door shows, and who gave it. */
async function shown(): Promise<{ issuer: string; names: string; serial: string }> {
  const host = new URL(machine.url).hostname;
  const socket = tls.connect({ host, port: 443, servername: name, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  const { issuer = "", subjectAltName = "", serialNumber = "" } = certificate ?? {};
  return { issuer, names: subjectAltName, serial: serialNumber };
}

/** What is said where the certificate is not to be had; everything is as it was then. */
async function refusal(): Promise<string> {
  const said = await shell(machine, switchOn, [1]);
  expect((await new HubClient(`${machine.url}/`).get("hub/health")).url.protocol).toBe("http:");
  expect(await shell(machine, "ss -Hltn 'sport = :443'")).toBe("");
  expect(await shell(machine, "grep -c enabled /etc/homeroom/config.yaml", [1])).toBe("0\n");
  return said;
}

test("an authority that does not answer is named, and the site stays as it was", async () => {
  expect(await refusal()).toContain("The certificate authority does not answer.");
});

test("a name that leads nowhere is named, and the site stays as it was", async () => {
  await shell(machine, "systemctl start pebble");
  expect(await refusal()).toContain(`The name ${name} leads nowhere`);
});

test("a port 80 that the authority cannot reach is named, and the site stays as it was", async () => {
  // Nobody serves port 80 of the machine that this one reaches the network by.
  await leadTo("$(ip route show default | cut -d ' ' -f 3)");
  expect(await refusal()).toContain(`cannot reach port 80 of ${name}`);
});

test("the certificate is fetched while the hub goes on, and then the encrypted door opens", async () => {
  await leadTo("127.0.0.1");
  await shell(machine, switchOn);
  const { issuer, names } = await shown();
  expect(issuer).toContain("Pebble");
  expect(names).toBe(`DNS:${name}`);
  const { location } = await plainAnswer();
  expect(location).toMatch(/^https:/);
  expect(await shell(machine, "stat -c '%a %U %G' /var/lib/homeroom/acme /var/lib/homeroom/acme/*.pem")).toBe(
    "2750 homeroom-acme homeroom-proxy\n640 homeroom-acme homeroom-proxy\n",
  );
  expect(await shell(machine, "homeroom apply --json")).toContain(`"unchanged"`);
});

test("a renewed certificate is shown to the next visitor, and no proxy is exchanged", async () => {
  const before = await shown();
  const pids = "systemctl show -P MainPID homeroom-proxy@a homeroom-proxy@b";
  const running = await shell(machine, pids);
  // What the timer starts leaves a certificate alone that has time left.
  await shell(machine, "systemctl start homeroom-acme");
  expect((await shown()).serial).toBe(before.serial);
  await shell(
    machine,
    "sed -i '1i renew_before_expiry = 9000 days' /var/lib/homeroom/acme/config/renewal/*.conf && systemctl start homeroom-acme",
  );
  await expect.poll(async () => (await shown()).serial, { timeout: 20_000 }).not.toBe(before.serial);
  expect(await shell(machine, pids)).toBe(running);
});

test("an authority that goes away does no harm to what is in use", async () => {
  const before = await shown();
  await shell(machine, "systemctl stop pebble; systemctl start homeroom-acme", [1]);
  expect((await shown()).serial).toBe(before.serial);
  expect(await shell(machine, "homeroom apply --json")).toContain(`"unchanged"`);
});

async function plainAnswer(): Promise<{ location: string }> {
  const answer = await fetch(`${machine.url}/hub/login`, { redirect: "manual" });
  return { location: answer.headers.get("location") ?? "" };
}
