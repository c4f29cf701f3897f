import { dirname, join } from "node:path";
import type { Release } from "../desired/release.ts";
import { HomeroomError } from "../errors.ts";
import { createHost } from "../host/local-host.ts";

/** What the desired state reads of a release; the hub's Python stays where it is. */
const readFolders = [
  "templates/units/",
  "templates/locks/",
  "templates/dbus/",
  "templates/polkit/",
  "templates/sudoers/",
  "templates/tmpfiles/",
  "templates/terminal/",
  "templates/completion/",
];

interface Manifest {
  version: string;
  files: Record<string, string>;
}

/**
 * The release that this program belongs to: dist/homeroom.mjs stands in it.
 * @throws HomeroomError where the program runs from source, which is no release.
 */
export async function readRelease(): Promise<Release> {
  const folder = dirname(import.meta.dirname);
  const files = createHost();
  const manifestText = await files.read(join(folder, "manifest.json"));
  if (manifestText === undefined) {
    throw new HomeroomError("This is Homeroom's source, not a release of it.", {
      remedy: "Run `sudo ./bootstrap.sh` in the checkout: it builds the release and installs it.",
    });
  }
  const manifest = JSON.parse(manifestText.toString("utf8")) as Manifest;
  const paths = Object.keys(manifest.files).filter((path) =>
    readFolders.some((start) => path.startsWith(start)),
  );
  const texts = await Promise.all(
    paths.map(
      async (path) => [path, (await files.read(join(folder, path)))?.toString("utf8") ?? ""] as const,
    ),
  );
  return {
    version: manifest.version,
    folder,
    node: process.execPath,
    texts: new Map(texts),
    hashes: new Map(Object.entries(manifest.files)),
  };
}

/** The version in package.json beside or above this program; it is there in a release and in a checkout. */
export async function readVersion(): Promise<string> {
  const files = createHost();
  for (const folder of [dirname(import.meta.dirname), dirname(dirname(import.meta.dirname))]) {
    const text = await files.read(join(folder, "package.json"));
    if (text !== undefined) return (JSON.parse(text.toString("utf8")) as { version: string }).version;
  }
  return "unknown";
}
