import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The Python that runs the hub's tests: `.venv` with the hub's lock and pytest, made again where those change. */
export function preparePython(root: string): string {
  const locks = ["templates/locks/hub.txt", "test/python/requirements.txt"].map((file) => join(root, file));
  const environment = join(root, ".venv");
  const python = join(environment, "bin/python");
  const stamp = join(environment, "made-from");
  const wanted = createHash("sha256")
    .update(locks.map((file) => readFileSync(file)).join("\n"))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;

  rmSync(environment, { recursive: true, force: true });
  run(["/usr/bin/python3", "-m", "venv", environment]);
  for (const lock of locks)
    run([python, "-m", "pip", "install", "-qq", "--no-compile", "--no-deps", "-r", lock]);
  writeFileSync(stamp, wanted);
  return python;
}

function run([program, ...args]: [string, ...string[]]): void {
  execFileSync(program, args, { stdio: ["ignore", 2, 2], timeout: 15 * 60_000 });
}
