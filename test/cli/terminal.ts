import { spawn } from "node:child_process";
import { typeInto, type Said } from "../type-into.ts";

/** Runs a command line in a pseudo-terminal of its own and types as a person would. */
export function onTerminal(
  command: string,
  { env, typed }: { env: Readonly<Record<string, string | undefined>>; typed: readonly Said[] },
): Promise<{ exitCode: number; output: string }> {
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { PATH: process.env["PATH"], TERM: "xterm", SHELL: "/bin/sh", ...env },
  });
  return typeInto(child, typed);
}
