import { beforeEach, describe, expect, test, vi } from "vitest";
import { readMachineSources, readPackageSources } from "../../../installer/resources/package-sources.ts";
import { settingsOfPip } from "../../../installer/resources/pip-settings.ts";
import {
  maskPasswords,
  pipVariables,
  uvVariables,
  withoutPasswords,
} from "../../../installer/resources/source-variables.ts";
import { settingsOfUv } from "../../../installer/resources/uv-settings.ts";
import { FakeHost } from "../../fake-host.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(?:PIP_|UV_|SSL_CERT|REQUESTS_)|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  }
});

describe("pip.conf", () => {
  test("is read as pip reads it", () => {
    const text = `; of the school
[global]
index_url = https://a.example/simple
extra-index-url =
    https://b.example/simple
    # the second
    https://c.example/simple
proxy: http://proxy:3128
cert=/etc/school.pem

[install]
index-url = https://d.example/simple
trusted-host = d.example e.example
[freeze]
index-url = https://nobody.example/simple
`;
    expect(settingsOfPip(text)).toEqual({
      index: "https://d.example/simple",
      extraIndexes: ["https://b.example/simple", "https://c.example/simple"],
      httpProxy: "http://proxy:3128",
      httpsProxy: "http://proxy:3128",
      caBundle: "/etc/school.pem",
      insecureHosts: ["d.example", "e.example"],
    });
  });

  test.each(["", "[global]\n", "no section = 1\n", "[global]\nindex-url =\n", "\0\n[[[", "[global\n  x"])(
    "that says nothing says nothing: %j",
    (text) => expect(settingsOfPip(text)).toEqual({}),
  );
});

describe("uv.toml", () => {
  test("may name its indexes in either form", () => {
    const text = `
index-url = "https://old.example/simple"
allow-insecure-host = ["x.example"]
https-proxy = "http://proxy:3128"
[[index]]
name = "torch"
url = "https://torch.example/whl"
explicit = true
[[index]]
url = "https://extra.example/simple"
[[index]]
url = "https://a.example/simple"
default = true
[pip]
find-links = ["/srv/wheels"]
`;
    expect(settingsOfUv(text)).toEqual({
      index: "https://a.example/simple",
      extraIndexes: ["https://extra.example/simple"],
      findLinks: ["/srv/wheels"],
      httpsProxy: "http://proxy:3128",
      insecureHosts: ["x.example"],
    });
    expect(settingsOfUv(`[pip]\nindex-url = "https://b.example/simple"\n`)).toEqual({
      index: "https://b.example/simple",
    });
  });

  test.each([
    "",
    "index = 3",
    "[[index]]\nurl = 1\n",
    "pip = []",
    "index-url = [",
    "[pip]\nindex-url = 1979-05-27",
  ])("that says nothing says nothing: %j", (text) => expect(settingsOfUv(text)).toEqual({}));
});

test("the config is stronger than variables, these than uv's configuration, and that than pip's", async () => {
  const machine = new FakeHost({
    "/etc/pip.conf":
      "[global]\nindex-url = https://pip/\nextra-index-url = https://pip-extra/\ncert = /pip.pem\n",
    "/etc/uv/uv.toml": 'index-url = "https://uv/"\n',
  });
  expect(await readMachineSources(machine)).toEqual({
    index: "https://uv/",
    extraIndexes: ["https://pip-extra/"],
    caBundle: "/pip.pem",
  });
  machine.put(
    "/etc/environment",
    '# of the machine\nexport PIP_INDEX_URL="https://machine/"\nhttps_proxy=http://m:1\n',
  );
  expect(await readMachineSources(machine)).toMatchObject({
    index: "https://machine/",
    httpsProxy: "http://m:1",
  });
  vi.stubEnv("UV_DEFAULT_INDEX", "https://command/");
  vi.stubEnv("PIP_EXTRA_INDEX_URL", " https://one/  https://two/ ");
  expect(await readPackageSources(machine)).toMatchObject({
    index: "https://command/",
    extraIndexes: ["https://one/", "https://two/"],
  });
  // what the machine is set to does not depend on who asks
  expect(await readMachineSources(machine)).toMatchObject({ index: "https://machine/" });
  machine.put(
    "/var/lib/homeroom/package-sources/config.json",
    '{"index":"https://config/","extraIndexes":[]}',
  );
  expect(await readPackageSources(machine)).toEqual({
    index: "https://config/",
    extraIndexes: [],
    caBundle: "/pip.pem",
    httpsProxy: "http://m:1",
  });
});

test("uv and pip hear the same by their own names", () => {
  const sources = {
    index: "https://a/simple",
    extraIndexes: ["https://b/simple", "https://c/simple"],
    findLinks: ["/one", "/two"],
    httpsProxy: "http://proxy:3128",
    noProxy: "intranet",
    caBundle: "/ca.pem",
    insecureHosts: ["d", "e"],
  };
  const proxies = {
    https_proxy: "http://proxy:3128",
    HTTPS_PROXY: "http://proxy:3128",
    no_proxy: "intranet,localhost,127.0.0.1,::1",
    NO_PROXY: "intranet,localhost,127.0.0.1,::1",
  };
  expect(uvVariables(sources)).toEqual({
    UV_DEFAULT_INDEX: "https://a/simple",
    UV_INDEX_URL: "",
    UV_INDEX: "https://b/simple https://c/simple",
    UV_FIND_LINKS: "/one,/two",
    SSL_CERT_FILE: "/ca.pem",
    UV_INSECURE_HOST: "d e",
    ...proxies,
  });
  expect(pipVariables(sources)).toEqual({
    PIP_INDEX_URL: "https://a/simple",
    PIP_EXTRA_INDEX_URL: "https://b/simple https://c/simple",
    PIP_FIND_LINKS: "/one /two",
    PIP_CERT: "/ca.pem",
    PIP_TRUSTED_HOST: "d e",
    ...proxies,
  });
});

test("pip is told that an index which is not encrypted is meant", () => {
  const sources = { index: "http://ada:geheim99@a:8080/simple", extraIndexes: ["https://b/", "http://c/"] };
  expect(pipVariables(sources)["PIP_TRUSTED_HOST"]).toBe("a:8080 c");
  expect(pipVariables({ index: "https://a/" })).not.toHaveProperty("PIP_TRUSTED_HOST");
});

test("passwords are no student's, and no message's", () => {
  const sources = {
    index: "https://ada:geheim99@a/simple",
    extraIndexes: ["https://b/simple", "https://token-of-ada@c/simple"],
    httpsProxy: "http://ada:geheim99@proxy:3128",
    caBundle: "/ca.pem",
  };
  expect(withoutPasswords(sources)).toEqual({ extraIndexes: ["https://b/simple"], caBundle: "/ca.pem" });
  expect(withoutPasswords({ extraIndexes: ["https://ada:geheim99@c/"] })).toEqual({});
  const said = "https://ada:geheim99@a/simple said 401 to geheim99, https://token-of-ada@c/simple too";
  expect(maskPasswords(said, sources)).toBe(
    "https://********@a/simple said 401 to ********, https://********@c/simple too",
  );
  expect(maskPasswords("nothing", { index: "https://:@a/" })).toBe("nothing");
});
