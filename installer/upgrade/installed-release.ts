import { createHash } from "node:crypto";
import { HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { isReleaseVersion } from "./release-version.ts";

/** A release that lies on this machine, and how to start it. */
export interface Program {
  version: string;
  /** "/opt/homeroom/releases/<version>". */
  folder: string;
  node: {
    version: string;
    /** npm's name of it. */
    package: string;
    integrity: string;
    /** "/opt/homeroom/runtimes/node-<version>". */
    folder: string;
  };
  /** What starts it, to be followed by a command of homeroom. */
  argv: [node: string, program: string];
}

interface About {
  version: string;
  homeroom?: { node?: { version: string; integrity: Record<string, string> } };
}

interface Manifest {
  version: string;
  files: Record<string, string>;
}

export function releaseFolder(version: string): string {
  return `/opt/homeroom/releases/${version}`;
}

/**
 * How a release on this machine is started, from its package.json.
 * @throws HomeroomError where it is not there, or has no Node for this processor.
 */
export async function readProgram(host: HostReader, version: string): Promise<Program> {
  const folder = releaseFolder(version);
  const about = isReleaseVersion(version) ? await readJson<About>(host, `${folder}/package.json`) : undefined;
  const name = `node-linux-${process.arch}`;
  const { version: nodeVersion, integrity } = about?.homeroom?.node ?? {};
  const hash = integrity?.[name];
  if (about?.version !== version || nodeVersion === undefined || hash === undefined) {
    throw new HomeroomError(`Homeroom ${version} is not on this machine, or not for its processor.`, {
      remedy: "Type: sudo homeroom upgrade --check",
    });
  }
  if (!isReleaseVersion(nodeVersion)) throw new TypeError(`${folder} names a Node ${nodeVersion}`);
  const runtime = `/opt/homeroom/runtimes/node-${nodeVersion}`;
  return {
    version,
    folder,
    node: { version: nodeVersion, package: name, integrity: hash, folder: runtime },
    argv: [`${runtime}/bin/node`, `${folder}/dist/homeroom.mjs`],
  };
}

/**
 * Compares every file of a release with its manifest.
 * @throws HomeroomError naming the first that differs or is not there.
 */
export async function refuseDamaged(host: HostReader, folder: string, version: string): Promise<void> {
  const manifest = await readJson<Manifest>(host, `${folder}/manifest.json`);
  const remedy = "Run the same command again: it is fetched anew.";
  if (manifest?.version !== version) {
    throw new HomeroomError(`What came as homeroom ${version} says that it is ${manifest?.version}.`, {
      remedy: "Name another registry: sudo HOMEROOM_REGISTRY=https://registry.npmjs.org homeroom upgrade",
    });
  }
  for (const [path, hash] of Object.entries(manifest.files)) {
    const content = await host.read(`${folder}/${path}`);
    const found = content && `sha512-${createHash("sha512").update(content).digest("base64")}`;
    if (found === hash) continue;
    throw new HomeroomError(`${folder}/${path} is not what was released.`, { remedy });
  }
}

async function readJson<T>(host: HostReader, path: string): Promise<T | undefined> {
  const text = await host.read(path);
  return text === undefined ? undefined : (JSON.parse(text.toString("utf8")) as T);
}
