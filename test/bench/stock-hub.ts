import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { readAbout } from "./about.ts";

const folder = join(import.meta.dirname, "stock");
const files = ["install.sh", "jupyterhub_config.py", "stock-hub.service", "stock-proxy.service"];

/** Puts the stock hub's installer and its proxy into a machine; nothing of it is timed. */
export async function copyStockHub(machine: Machine, root: string): Promise<void> {
  const proxy = await fetchStockProxy(root);
  await machine.copyIn(folder, "/root/stock");
  await machine.copyIn(proxy, "/root/stock/proxy");
}

/** Runs the stock hub's installer, for the first time or again; it has ended before the hub answers. */
export async function installStockHub(machine: Machine): Promise<void> {
  await machine.exec(["sh", "/root/stock/install.sh"], { timeoutMs: 15 * 60_000 });
}

/** Changes with everything that makes a stock hub, but for what the package indexes hold on the day. */
export async function stockHubHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of files) hash.update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 6);
}

/** configurable-http-proxy and Node, the same versions as ours, from the npm registry; kept below build/. */
async function fetchStockProxy(root: string): Promise<string> {
  const { node, proxy } = await readAbout(root);
  const kept = join(root, `build/cache/stock-proxy-${proxy}-node-${node}`);
  if (
    await access(kept).then(
      () => true,
      () => false,
    )
  )
    return kept;
  const fresh = `${kept}.${process.pid}`;
  const wanted = [`configurable-http-proxy@${proxy}`, `node-linux-${process.arch}@${node}`];
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund", "--prefix", fresh, ...wanted]);
  await rm(kept, { recursive: true, force: true });
  await rename(fresh, kept);
  return kept;
}
