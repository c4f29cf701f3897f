import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exitCodes, HomeroomError } from "../../errors.ts";

/** The config's path on the machine. */
export const configPath = "/etc/homeroom/config.yaml";

export interface ConfigText {
  /** What problems are said to be in. */
  file: string;
  bytes: Uint8Array;
}

/**
 * The text of a config: of the machine (no file), of a file, or of standard input (`-`).
 * @throws HomeroomError where it cannot be read.
 */
export async function readText(file: string | undefined, root = "/"): Promise<ConfigText> {
  if (file === "-") return { file: "standard input", bytes: await readInput() };
  const path = file ?? join(root, configPath);
  try {
    return { file: path, bytes: await readFile(path) };
  } catch (error) {
    throw unreadable(path, file === undefined, error);
  }
}

/** All of standard input. */
export async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function unreadable(path: string, own: boolean, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ENOENT") {
    return new HomeroomError(`There is no ${path}.`, {
      remedy: own
        ? "Run `sudo homeroom install`, which writes it, or name a file: homeroom config check FILE"
        : "Check the name.",
    });
  }
  if (code === "EISDIR") return new HomeroomError(`${path} is a directory.`, { remedy: "Name a file." });
  if (code !== "EACCES") return error;
  return new HomeroomError(`Only root may read ${path}.`, {
    remedy: `Type: sudo homeroom ${process.argv.slice(2).join(" ")}`,
    exitCode: exitCodes.notRoot,
  });
}
