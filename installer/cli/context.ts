import { userInfo } from "node:os";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { createHost } from "../host/local-host.ts";

export interface GlobalOptions {
  root?: string;
  trace?: boolean;
}

/** The machine that a command works on. */
export function hostOf({ root = "/", trace = false }: GlobalOptions): Host {
  return createHost({ root, ...(trace ? { trace: (line) => narrate(`+ ${line}`) } : {}) });
}

/**
 * Commands that change the machine, or read what only root may, need root; another `--root` needs nobody.
 * @throws HomeroomError (exit code 77) with the line to type.
 */
export function requireRoot({ root = "/" }: GlobalOptions): void {
  if (root !== "/" || process.getuid?.() === 0) return;
  throw new HomeroomError("This needs root.", {
    remedy: `Type: sudo homeroom ${process.argv.slice(2).join(" ")}`,
    exitCode: exitCodes.notRoot,
  });
}

/** Who asked: the account before sudo. */
export function whoAsks(): string {
  return process.env["SUDO_USER"] ?? userInfo().username;
}

/** Narration for the person, on standard error; standard output is for results. */
export function narrate(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A result, on standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Whether somebody sits at a terminal who could answer a question. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}
