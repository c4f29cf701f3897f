import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fetchProgram } from "./bake-bootstrap.ts";
import { bundle, type Program } from "./bundle.ts";
import { manifestOf } from "./manifest.ts";
import { nodePackages } from "./node-packages.ts";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

export interface BuildOptions {
  /** The checkout. */
  root: string;
  /** Where the release goes; emptied first. */
  directory: string;
  programs?: readonly Program[];
}

/** Builds the npm package `homeroom` as a directory: bundles, templates, schema, licences, manifest. */
export async function buildRelease({
  root,
  directory,
  programs = programsOf(root),
}: BuildOptions): Promise<void> {
  const about = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, string>;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });

  await mkdir(join(directory, "dist"));
  await writeFile(join(directory, "dist/fetch-packages.py"), await fetchProgram(root));
  const inputs = await bundle(programs, join(directory, "dist"), root);
  await writeFile(join(directory, "THIRD-PARTY-LICENSES.txt"), await thirdPartyLicenses(inputs, root));
  await cp(join(root, "templates"), join(directory, "templates"), {
    recursive: true,
    filter: belongsInRelease,
  });
  await cp(join(root, "config/schema.json"), join(directory, "config/schema.json"));
  await cp(join(root, "LICENSE"), join(directory, "LICENSE"));
  await writeJson(join(directory, "package.json"), {
    name: about["name"],
    version: about["version"],
    description: about["description"],
    license: about["license"],
    type: "module",
    bin: { homeroom: "dist/homeroom.mjs" },
    engines: about["engines"],
    // bootstrap.sh --version reads from here which Node this release runs on.
    homeroom: { node: await nodePackages(root) },
  });
  await writeJson(join(directory, "manifest.json"), await manifestOf(directory, about["version"] ?? ""));
}

/** The programs of a release; everything else in dist/ is a part of one of them. */
function programsOf(root: string): Program[] {
  return [
    { name: "homeroom", entry: join(root, "installer/cli/main.ts") },
    {
      name: "homeroom-proxy",
      entry: join(root, "templates/proxy/homeroom-proxy.ts"),
      alias: {
        winston: join(root, "templates/proxy/without-winston.ts"),
        "prom-client": join(root, "templates/proxy/without-prom-client.ts"),
      },
    },
  ];
}

/** Sources of bundles, tests and caches stay behind. */
export function belongsInRelease(path: string): boolean {
  const name = basename(path);
  const left = ["tests", "__pycache__", ".pytest_cache", ".venv", "node_modules", "conftest.py"];
  return !left.includes(name) && !/\.(ts|pyc)$|^test_.*\.py$|_test\.py$/.test(name);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
