import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { environmentFile, guestSettings } from "../../../installer/sandbox/guest-settings.ts";
import { fakeHost } from "./fake-host.ts";

const machine = { name: "class", image: "bookworm" } as const;
const certificate = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

async function settings(
  files: Parameters<typeof fakeHost>[0],
  environment: NodeJS.ProcessEnv = {},
  answers: Parameters<typeof fakeHost>[1] = {},
): Promise<Map<string, { mode: number; content: string }>> {
  const host = fakeHost({ "/etc/resolv.conf": "nameserver 192.0.2.53\n", ...files }, answers);
  const list = await guestSettings(host, machine, environment);
  return new Map(list.map(({ path, mode, content }) => [path, { mode, content: String(content) }]));
}

describe("what a guest gets of this machine", () => {
  test("proxy and package index, but no index that is a directory here", async () => {
    const files = await settings(
      {},
      {
        https_proxy: "http://proxy:3128",
        PIP_INDEX_URL: "https://mirror/simple",
        PIP_EXTRA_INDEX_URL: "file:///opt/wheels",
        PATH: "/nowhere",
      },
    );
    expect(files.get("/etc/environment")).toEqual({
      mode: 0o600,
      content: `https_proxy="http://proxy:3128"\nPIP_INDEX_URL="https://mirror/simple"\n`,
    });
  });

  test("npm's registry where it is not the public one", async () => {
    const own = await settings({}, {}, { "/bin/sh": "https://npm.example.org/\n" });
    expect(own.get("/etc/environment")?.content).toBe(`npm_config_registry="https://npm.example.org/"\n`);
    const usual = await settings({}, {}, { "/bin/sh": "https://registry.npmjs.org/\n" });
    expect(usual.get("/etc/environment")?.content).toBe("");
    const none = await settings({}, {}, { "/bin/sh": { exitCode: 1 } });
    expect(none.get("/etc/environment")?.content).toBe("");
  });

  test("the certificates, also where update-ca-certificates looks", async () => {
    const bundle = "/etc/ssl/certs/ca-certificates.crt";
    const files = await settings({ [bundle]: certificate("public") + certificate("private") });
    expect(files.get(bundle)?.content).toBe(certificate("public") + certificate("private"));
    expect(files.get("/usr/local/share/ca-certificates/sandbox-1.crt")?.content).toBe(certificate("private"));
    expect(files.get("/etc/environment")?.content).toContain(`NODE_EXTRA_CA_CERTS="${bundle}"\n`);
  });

  test("name servers that it can reach", async () => {
    const stub = { "/etc/resolv.conf": { link: "../run/systemd/resolve/stub-resolv.conf" } };
    const files = await settings({
      ...stub,
      "/run/systemd/resolve/stub-resolv.conf": "nameserver 127.0.0.53\noptions edns0\n",
      "/run/systemd/resolve/resolv.conf": "nameserver 192.0.2.1\nnameserver ::1\nsearch school\n",
    });
    expect(files.get("/etc/resolv.conf")?.content).toBe("nameserver 192.0.2.1\n");
  });
});

test("/etc/environment means the same to a shell, and leaves out what can't be written", () => {
  const text = environmentFile({
    A: "a b'c",
    B: "x; touch /nowhere",
    C: '"',
    D: "$HOME",
    E: "`id`",
    F: "a\nb",
    G: "\\",
  });
  const shell = spawnSync("/bin/sh", ["-c", `${text}printf '%s|' "$A" "$B" "\${C-none}" "\${D-none}"`]);
  expect(shell.stdout.toString()).toBe("a b'c|x; touch /nowhere|none|none|");
  expect(text.split("\n")).toHaveLength(3);
});
