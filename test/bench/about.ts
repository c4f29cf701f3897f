import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "../../installer/sandbox/machine.ts";

/** The versions of this checkout that both sides run on. */
export async function readAbout(root: string): Promise<{ version: string; node: string; proxy: string }> {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    version: string;
    packages: Record<string, { version: string }>;
  };
  const versionOf = (name: string) => lock.packages[`node_modules/${name}`]?.version ?? "unknown";
  return {
    version: lock.version,
    node: versionOf(`node-linux-${process.arch}`),
    proxy: versionOf("configurable-http-proxy"),
  };
}

/** The machine that everything was measured on, in a line. */
export function describeMachine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GiB of memory`;
}

/** The commit of the checkout, with a + where files differ from it, other than what a measurement writes. */
export async function describeCommit(root: string): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)("git", ["-C", root, ...args])).stdout.trim();
  const commit = await git("rev-parse", "--short", "HEAD");
  const others = [".", ":!test/bench/RESULTS.md", ":!test/bench/results.json"];
  const changed = await git("status", "--porcelain", "--", ...others);
  return `${commit}${changed === "" ? "" : "+"}`;
}

/** Versions of what a Python environment in a machine holds of Jupyter, in a line. */
export async function describePackages(machine: Machine, python: string): Promise<string> {
  const script = `import importlib.metadata as m
print(", ".join(f"{name} {m.version(name)}" for name in ("jupyterhub", "jupyterlab", "jupyter_server")))`;
  return (await machine.exec([python, "-I", "-c", script])).stdout.trim();
}
