import { describe, expect, test } from "vitest";
import { aptConfiguration, aptOptions, aptSources } from "../../../installer/sandbox/apt-sources.ts";
import { fakeHost } from "./fake-host.ts";

describe("a guest's apt", () => {
  test("takes the mirror that this machine uses, in either format, for its own release", async () => {
    const oneLine = fakeHost({
      "/etc/apt/sources.list": "deb [arch=amd64] http://mirror.example/debian trixie main\n",
    });
    expect(await aptSources(oneLine, "bookworm")).toBe(
      [
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm main",
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm-updates main",
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian-security bookworm-security main",
        "",
      ].join("\n"),
    );
    const deb822 = fakeHost({
      "/etc/apt/sources.list.d/a.sources": "Types: deb\n# URIs: http://old/debian\nURIs: https://m/debian/\n",
      "/etc/apt/sources.list.d/b.sources": "URIs: https://m/debian-security\n",
      "/etc/apt/sources.list.d/node.list": "deb https://deb.nodesource.com/node_20.x nodistro main\n",
    });
    const text = await aptSources(deb822, "trixie");
    expect(text).toContain(" https://m/debian/ trixie main\n");
    expect(text).toContain(" https://m/debian-security trixie-security main\n");
    expect(text).not.toMatch(/nodesource|old/);
  });

  test("is set up as this machine's is, without a proxy's password in an argument", async () => {
    const dump = [
      'Acquire::Check-Date "false";',
      'Acquire::http::Proxy "http://me:secret@proxy:3128";',
      'APT::Periodic::Enable "0";',
      "",
    ].join("\n");
    const host = fakeHost({}, { "apt-config": dump });
    expect(await aptConfiguration(host)).toEqual([
      'Acquire::Check-Date "false";',
      'Acquire::http::Proxy "http://me:secret@proxy:3128";',
    ]);
    expect(await aptOptions(host)).toEqual(['--aptopt=Acquire::Check-Date "false";']);
  });
});
