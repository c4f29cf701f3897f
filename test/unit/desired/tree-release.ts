import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { configFrom } from "../config/config-from.ts";
import { desiredState, type DesiredInputs } from "../../../installer/desired/desired-state.ts";
import type { Release } from "../../../installer/desired/release.ts";
import type { Facts } from "../../../installer/resources/facts.ts";
import type { KnownAccounts } from "../../../installer/resources/known-accounts.ts";

const root = join(import.meta.dirname, "../../..");
const folders = ["units", "dbus", "polkit", "sudoers", "tmpfiles", "terminal", "completion"];

/** Debian 12 on a small server. */
const bookworm: Facts = {
  os: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
  architecture: "x86_64",
  memory: 4 * 1024 ** 3,
  python: "3.11",
  ipv6: true,
  systemd: 252,
};

export const trixie: Facts = {
  ...bookworm,
  os: { id: "debian", version: "13", name: "Debian GNU/Linux 13 (trixie)" },
  python: "3.13",
  systemd: 257,
};

/** A release with this tree's templates; the locks, which change often, are stand-ins. */
export function treeRelease(version = "1.0.0"): Release {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, "templates", folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  const texts = new Map(paths.toSorted().map((path) => [path, readFileSync(join(root, path), "utf8")]));
  texts.set("templates/locks/hub.txt", "jupyterhub==6.1\n");
  texts.set("templates/locks/environment.txt", "jupyterlab==4.6\n");
  texts.set("templates/locks/environment.in", "# base\n-c hub.txt\njupyterhub\njupyterlab\n");
  const wheel = (architecture: string) => ({ filename: `uv-1.0-${architecture}.whl`, sha256: "00" });
  const wheels = { x86_64: wheel("x86_64"), aarch64: wheel("aarch64") };
  texts.set("templates/locks/uv.json", JSON.stringify({ version: "1.0", wheels }));
  return {
    version,
    folder: `/opt/homeroom/releases/${version}`,
    node: "/opt/homeroom/runtimes/node-26/bin/node",
    texts,
    hashes: new Map([
      ["dist/homeroom.mjs", "11"],
      ["dist/homeroom-proxy.mjs", "22"],
      ["templates/hub/hub_main.py", "33"],
    ]),
  };
}

/** A machine without accounts of people. */
const nobodyYet: KnownAccounts = { made: new Set(), open: new Set(), tombstones: new Set() };

/** The desired state of a config's text, on a small Debian 12 unless told otherwise. */
export function desiredFrom(text: string, changes: Partial<DesiredInputs> = {}) {
  return desiredState({
    config: configFrom(text),
    facts: bookworm,
    release: treeRelease(),
    firstPasswords: {},
    classCode: undefined,
    known: nobodyYet,
    environmentInUse: undefined,
    folder: undefined,
    rebuild: undefined,
    wheels: undefined,
    machineSources: {},
    certificate: undefined,
    fragments: new Map(),
    firstInstall: false,
    slices: [],
    force: false,
    doorFirst: false,
    ...changes,
  });
}
