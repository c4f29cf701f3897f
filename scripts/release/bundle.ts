import { build as buildBundle } from "esbuild";
import type { Metafile, Plugin } from "esbuild";

export interface Program {
  /** Name of the file in dist/, without .mjs. */
  name: string;
  /** TypeScript file that it starts from. */
  entry: string;
  /** Packages to take from another file, by name: parts that the program never uses and should not load. */
  alias?: Readonly<Record<string, string>>;
}

/**
 * Bundles each program by itself into `directory`, and answers which source files went in, relative to `root`: the
 * same wherever that is.
 * What a program imports on demand (`import()`) becomes a file of its own, so that a command loads only its part.
 */
export async function bundle(
  programs: readonly Program[],
  directory: string,
  root: string,
): Promise<string[]> {
  const metafiles = await Promise.all(programs.map((program) => bundleOne(program, directory, root)));
  return [...new Set(metafiles.flatMap((metafile) => Object.keys(metafile.inputs)))].sort();
}

async function bundleOne(
  { name, entry, alias = {} }: Program,
  directory: string,
  root: string,
): Promise<Metafile> {
  const { metafile } = await buildBundle({
    // Names in the bundle are relative to the checkout, also where its node_modules is a link: the same source makes
    // the same bytes, and what did not change is not exchanged on the machines.
    absWorkingDir: root,
    preserveSymlinks: true,
    entryPoints: [{ in: entry, out: name }],
    outdir: directory,
    chunkNames: `${name}-[name]-[hash]`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node26",
    alias: { ...alias },
    // Drops what can't run; lines and names stay, so that the stack in a person's report can be read.
    minifySyntax: true,
    legalComments: "none",
    // Dependencies in CommonJS call require for Node's own modules.
    banner: {
      js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);',
    },
    plugins: [ownModulesOnDemand],
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}

/**
 * A CommonJS package that is loaded with import() has no named exports in a bundle, though it has them in Node:
 * so a module of ours must stand between. Here the build finds it, not the person.
 */
const ownModulesOnDemand: Plugin = {
  name: "own-modules-on-demand",
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      if (kind !== "dynamic-import" || path.startsWith("node:") || importer.includes("/node_modules/"))
        return null;
      return {
        errors: [
          { text: `import("${path}"): load packages on demand by a module of ours that imports them` },
        ],
      };
    });
  },
};
