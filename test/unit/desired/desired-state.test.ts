import { describe, expect, test } from "vitest";
import type { DesiredInputs } from "../../../installer/desired/desired-state.ts";
import type { DesiredState } from "../../../installer/desired/state-builder.ts";
import type { FileState } from "../../../installer/resources/file.ts";
import { refOf } from "../../../installer/resources/resource.ts";
import { kindOf } from "../../../installer/resources/kinds.ts";
import { orderSteps } from "../../../installer/plan/order-steps.ts";
import { readExecValue } from "../../../installer/systemd/exec-command.ts";
import { UnitFile } from "../../../installer/systemd/unit-file.ts";
import { desiredFrom, treeRelease, trixie } from "./tree-release.ts";

const small = "users:\n  admin: [teacher]\n";
const full = `
base_url: /hub101
users:
  admin: [teacher, anna-lena]
  allowed: [alice, bob]
  banned: [mallory]
  extra_user_groups: { choir: [alice, carol] }
limits: { memory: 1536M, cpu: 1.5 }
http: { address: "2001:DB8:0:0::1", port: 8080 }
user_environment: { default_app: classic }
upgrade: { unattended: true, at: 2 }
services:
  cull: { timeout: 1200, every: 90, max_age: 7200, users: true, remove_named_servers: true }
`;
const https = `
https:
  enabled: true
  port: 8443
  hsts: true
  tls: { key: /etc/ssl/private/hub.key, cert: /etc/ssl/certs/hub.pem }
`;
const examples = { small, full, https, "culler-off": "services: { cull: { enabled: false } }\n" };

const textOf = (state: DesiredState, kind: string, id: string): string => {
  const resource = state.resources.find((each) => each.kind === kind && each.id === id);
  return state.contents.get((resource?.state as FileState | undefined)?.sha256 ?? "") ?? "";
};
const unitOf = (state: DesiredState, id: string) => textOf(state, "systemd-unit", id);
const stateOf = (state: DesiredState, kind: string, id: string): unknown =>
  state.resources.find((each) => each.kind === kind && each.id === id)?.state;
const jsonOf = (state: DesiredState, name: string): unknown =>
  JSON.parse(textOf(state, "file", `/var/lib/homeroom/compiled/${name}.json`));
const idsOf = (state: DesiredState, kind: string) =>
  state.resources.filter((each) => each.kind === kind).map(({ id }) => id);

/** Resources with contents in place of hashes; hashes of inputs, which change with every template, are left out. */
function readable(state: DesiredState): string {
  const contents = new Map(state.contents);
  const lines = state.resources.map(({ kind, id, state: is }) => {
    const { sha256, inputs, ...rest } = is as { sha256?: string; inputs?: string };
    const words = JSON.stringify(inputs === undefined ? rest : { ...rest, inputs: "HASH" });
    const text = kind === "wheel-program" ? undefined : contents.get(sha256 ?? "");
    const indented = text?.trimEnd().replaceAll(/^(?=.)/gm, "    ");
    return `${kind} ${id} ${words}\n${indented === undefined ? "" : `${indented}\n`}`;
  });
  return lines.join("").replaceAll(/HOMEROOM_INPUTS=[0-9a-f]{32}/g, "HOMEROOM_INPUTS=HASH");
}

const inputs: Record<string, Partial<DesiredInputs>> = {
  full: { facts: trixie },
  https: { certificate: "the key\nthe certificates\n" },
};

describe.each(Object.entries(examples))("the desired state of %s", (name, text) => {
  const state = desiredFrom(text, inputs[name]);

  test("is the one in the golden file", async () => {
    await expect(readable(state)).toMatchFileSnapshot(`../../golden/desired/${name}.txt`);
  });

  test("is always the same, whatever was asked before", () => {
    desiredFrom(full);
    expect(desiredFrom(text, inputs[name])).toEqual(state);
  });

  test("has each resource once, of a known kind, needing what can be put in an order", () => {
    const refs = state.resources.map(({ kind, id }) => refOf(kind, id));
    expect(new Set(refs).size).toBe(refs.length);
    expect(state.resources.map(({ kind }) => kindOf(kind).kind)).toEqual(
      state.resources.map(({ kind }) => kind),
    );
    const steps = state.resources.map(({ kind, id, state: after }) => ({ kind, id, after }));
    const uses = new Map(state.resources.map(({ kind, id, needs }) => [refOf(kind, id), needs]));
    expect(orderSteps(steps, uses)).toHaveLength(refs.length);
    // What nobody makes is there on every Debian: only folders of the system.
    const missing = new Set(
      state.resources.flatMap(({ needs }) => needs).filter((need) => !refs.includes(need)),
    );
    expect([...missing].toSorted()).toEqual(
      ["/opt", "/run", "/var/cache", "/var/lib", "/var/log"].map((path) => `directory:${path}`),
    );
  });

  test("holds units that systemd takes, with nothing left to fill in", () => {
    for (const id of idsOf(state, "systemd-unit")) {
      const unit = unitOf(state, id);
      expect([id, new UnitFile(unit).problems]).toEqual([id, []]);
      expect(unit).not.toMatch(/@[A-Z_]+@/);
    }
  });

  test("says in JSON what every step writes, and no secret", () => {
    expect(JSON.parse(JSON.stringify(state.resources))).toEqual(state.resources);
  });
});

describe("what the config says reaches the machine", () => {
  test("limits, as the hub reads them", () => {
    expect(jsonOf(desiredFrom(full), "roster")).toMatchObject({
      memory_limit: 1_610_612_736,
      cpu_limit: 1.5,
      other_limits: {},
    });
    expect(jsonOf(desiredFrom("limits: { memory: null }"), "roster")).toMatchObject({ memory_limit: null });
    const own = "limits: { users: { Anna: { memory: 2G } } }\n";
    expect(jsonOf(desiredFrom(own), "roster")).toMatchObject({
      other_limits: { anna: [2 * 1024 ** 3, null] },
    });
  });

  test.each([
    ["", "80", "[::]:80"],
    ["http: { port: 8080 }", "8080", "[::]:8080"],
    ["http: { address: 127.0.0.1 }", "127.0.0.1:80", "127.0.0.1:80"],
    ["http: { address: '0.0.0.0', port: 81 }", "0.0.0.0:81", "0.0.0.0:81"],
    ["http: { address: '::' }", "[::]:80", "[::]:80"],
    ["http: { address: '2001:DB8:0:0:0:0:0:1' }", "[2001:db8::1]:80", "[2001:db8::1]:80"],
  ])("the address %s", (text, listen, shown) => {
    const state = desiredFrom(text);
    const unit = new UnitFile(unitOf(state, "homeroom-proxy.socket"));
    expect(unit.list("Socket", "ListenStream")).toEqual([listen]);
    expect(stateOf(state, "socket", "homeroom-proxy.socket")).toEqual({ listen: shown });
  });

  test("subdomains: the hub knows its name, and the front door, exchanged for it, goes by names", () => {
    const [at, without] = [desiredFrom(`subdomain_host: hub.school.example\n${small}`), desiredFrom(small)];
    expect(jsonOf(at, "hub")).toMatchObject({ subdomain_host: "http://hub.school.example" });
    expect(jsonOf(without, "hub")).toMatchObject({ subdomain_host: "" });
    const dropIn = "homeroom-proxy@.service.d/20-homeroom-subdomains.conf";
    expect(unitOf(at, dropIn)).toContain("HOMEROOM_HOST_ROUTING=yes");
    expect(idsOf(without, "systemd-unit")).not.toContain(dropIn);
    expect(stateOf(at, "proxy", "homeroom-proxy")).not.toEqual(stateOf(without, "proxy", "homeroom-proxy"));
  });

  test("a machine without IPv6 listens on IPv4", () => {
    const state = desiredFrom(small, { facts: { ...trixie, ipv6: false } });
    expect(stateOf(state, "socket", "homeroom-proxy.socket")).toEqual({ listen: "0.0.0.0:80" });
  });

  test.each([
    ["jupyterlab", "/lab"],
    ["notebook", "/tree"],
    ["classic", "/tree"],
    ["/lab/tree/start.ipynb", "/lab/tree/start.ipynb"],
  ])("%s opens %s", (app, page) => {
    const state = desiredFrom(`${small}user_environment: { default_app: ${app} }\n`);
    expect(jsonOf(state, "hub")).toMatchObject({ default_url: page });
  });

  test("a notice is a file that everybody may read, and changes nothing that a service was started with", () => {
    const path = "/var/lib/homeroom/notice";
    const bare = desiredFrom(small);
    const state = desiredFrom(`${small}classroom: { notice: "Exam at ten" }\n`);
    expect(textOf(state, "file", path)).toBe("Exam at ten\n");
    const others = state.resources.filter(({ id }) => id !== path);
    expect(stateOf(state, "file", path)).toMatchObject({ mode: "0644" });
    expect(others).toEqual(bare.resources);
  });

  test("base_url and the culler's settings, word by word", () => {
    expect(jsonOf(desiredFrom(full), "hub")).toMatchObject({ base_url: "/hub101/", default_url: "/tree" });
    const exec = new UnitFile(unitOf(desiredFrom(full), "homeroom-culler.service")).get(
      "Service",
      "ExecStart",
    );
    const value = readExecValue(exec ?? "");
    expect(JSON.stringify(value)).toContain("--url=http://hub/hub101/hub/api");
    for (const option of [
      "--timeout=1200",
      "--cull-every=90",
      "--max-age=7200",
      "--cull-users=true",
      "--remove-named-servers=true",
    ]) {
      expect(JSON.stringify(value)).toContain(option);
    }
  });

  test("a culler that is off neither runs nor comes up at boot", () => {
    const state = desiredFrom("services: { cull: { enabled: false } }\n");
    expect(idsOf(state, "service")).not.toContain("homeroom-culler.service");
    expect(idsOf(state, "link").filter((id) => id.includes("culler"))).toEqual([]);
    expect(jsonOf(state, "hub")).toMatchObject({ cull: { enabled: false } });
  });

  test("first passwords reach only the roster, which only the hub reads", () => {
    const firstPasswords = { teacher: "$2b$12$hash" };
    const state = desiredFrom(small, { firstPasswords });
    expect(jsonOf(state, "roster")).toMatchObject({ first_passwords: firstPasswords });
    expect(stateOf(state, "file", "/var/lib/homeroom/compiled/roster.json")).toMatchObject({
      mode: "0640",
      owner: "root",
      group: "homeroom-hub",
    });
    expect([...state.contents.values()].filter((text) => text.includes("$2b$12$hash"))).toHaveLength(1);
    expect(JSON.stringify(state.resources)).not.toContain("$2b$12$hash");
  });

  test("the newer systemd gets what it knows", () => {
    const backOff = "homeroom-hub.service.d/50-homeroom-backoff.conf";
    expect(unitOf(desiredFrom(small), backOff)).toBe("");
    expect(unitOf(desiredFrom(small, { facts: trixie }), backOff)).toContain("RestartSteps=");
  });

  test("an environment that admins have changed stays, whatever the lock says", () => {
    const state = { lock: "0", python: "3.11", owner: "homeroom-env", group: "homeroom-admins", uv: "/old" };
    const environmentInUse = { path: "/opt/homeroom/environments/old", state, snapshot: undefined };
    const desired = desiredFrom(small, { environmentInUse });
    expect(stateOf(desired, "link", "/opt/homeroom/environment")).toEqual({ target: environmentInUse.path });
    expect(stateOf(desired, "python-environment", environmentInUse.path)).toEqual(state);
    expect(idsOf(desired, "python-environment")).toHaveLength(2);
  });

  test("the front door opens last, but first where it shows the progress", () => {
    const needs = (doorFirst: boolean) =>
      desiredFrom(small, { doorFirst }).resources.find(
        ({ kind, id }) => kind === "socket" && id === "homeroom-proxy.socket",
      )?.needs ?? [];
    expect(needs(false)).toContain("service:homeroom-hub.service");
    expect(needs(true)).not.toContain("service:homeroom-hub.service");
  });

  test("a release without a template is a defect of its build", () => {
    const release = treeRelease();
    const texts = new Map(release.texts).set("templates/units/homeroom.slice", "Slice=@UNKNOWN@\n");
    expect(() => desiredFrom(small, { release: { ...release, texts } })).toThrow(
      new TypeError("templates/units/homeroom.slice asks for @UNKNOWN@, which nobody knows"),
    );
    texts.delete("templates/locks/uv.json");
    expect(() => desiredFrom(small, { release: { ...release, texts } })).toThrow(
      "has no templates/locks/uv.json",
    );
  });
});

describe("what is started anew", () => {
  const services = ["homeroom-hub.service", "homeroom-culler.service", "homeroom-proxy"];
  const inputs = (state: DesiredState) =>
    services.map((id) => stateOf(state, id.endsWith("proxy") ? "proxy" : "service", id));
  const changed = (after: DesiredState, before = desiredFrom(small)) =>
    services.filter(
      (_, index) => JSON.stringify(inputs(after)[index]) !== JSON.stringify(inputs(before)[index]),
    );
  const withHash = (path: string) => {
    const release = treeRelease();
    return { release: { ...release, hashes: new Map(release.hashes).set(path, "new") } };
  };
  const [hub, culler, proxy] = services;

  test.each([
    ["nothing", desiredFrom(small), []],
    ["a limit", desiredFrom(`${small}limits: { memory: 2G }\n`), []],
    ["somebody new", desiredFrom("users:\n  admin: [teacher]\n  allowed: [alice]\n"), []],
    ["the port", desiredFrom(`${small}http: { port: 8080 }\n`), []],
    ["the authenticator", desiredFrom(`${small}auth: { type: dummy, allow_dummy: true }\n`), [hub]],
    ["what opens first", desiredFrom(`${small}user_environment: { default_app: classic }\n`), [hub]],
    ["base_url", desiredFrom(`${small}base_url: /a\n`), [hub, culler, proxy]],
    ["the culler's pace", desiredFrom(`${small}services: { cull: { every: 90 } }\n`), [hub, culler]],
    ["the release's path", desiredFrom(small, { release: treeRelease("1.0.1") }), [hub, culler]],
    ["the hub's Python files", desiredFrom(small, withHash("templates/hub/hub_main.py")), [hub]],
    ["the proxy's program", desiredFrom(small, withHash("dist/homeroom-proxy.mjs")), [proxy]],
    ["the command's program", desiredFrom(small, withHash("dist/homeroom.mjs")), []],
    ["Node", desiredFrom(small, { release: { ...treeRelease(), node: "/opt/node-27" } }), [proxy]],
    ["the system's Python", desiredFrom(small, { facts: { ...trixie, systemd: 252 } }), [hub, culler]],
  ])("when this changes: %s", (_, after, expected) => {
    expect(changed(after)).toEqual(expected);
  });

  test("is what carries the same hash in its unit", () => {
    const state = desiredFrom(small);
    const hash = (stateOf(state, "proxy", "homeroom-proxy") as { inputs: string }).inputs;
    expect(unitOf(state, "homeroom-proxy@.service.d/10-homeroom-inputs.conf")).toBe(
      `[Service]\nEnvironment=HOMEROOM_INPUTS=${hash}\n`,
    );
  });
});

test("what students' servers hear of package indexes holds no password; admins' and services do", () => {
  const state = desiredFrom(
    `environment:\n  index: 'https://ada:ge$"heim@index/simple'\n  ca_bundle: /etc/school.pem\n`,
    { machineSources: { index: "https://machine/", httpsProxy: "http://proxy:3128" } },
  );
  const file = (name: string) => textOf(state, "file", `/var/lib/homeroom/package-sources/${name}`);
  const secret = String.raw`https://ada:ge\$\"heim@index/simple`;
  expect(JSON.parse(file("services.json"))).toMatchObject({
    UV_DEFAULT_INDEX: 'https://ada:ge$"heim@index/simple',
  });
  expect(file("admins.env")).toContain(`PIP_INDEX_URL="${secret}"\n`);
  expect(file("everybody.env")).not.toContain("heim");
  expect(file("everybody.env")).toContain(`PIP_CERT="/etc/school.pem"\nhttps_proxy="http://proxy:3128"\n`);
  const files = state.resources.filter(({ id }) => id.startsWith("/var/lib/homeroom/package-sources/"));
  expect(files.map(({ state: is }) => (is as FileState).mode)).toEqual(["0600", "0600", "0600", "0600"]);
  // hashes alone: what is asked for may be printed
  expect(JSON.stringify(state.resources)).not.toContain("heim");
});
