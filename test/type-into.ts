import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export interface Said {
  /** Waits for these words on the terminal. */
  after: string;
  type: string;
}

/** Types into a program at a pseudo-terminal as a person would: each answer once its question is there. */
export async function typeInto(
  child: ChildProcessByStdio<Writable, Readable, Readable | null>,
  answers: readonly Said[],
): Promise<{ exitCode: number; output: string }> {
  let output = "";
  let heard = 0;
  const waiting = [...answers];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      const at = output.indexOf(next.after, heard);
      if (at === -1) return;
      heard = at + next.after.length;
      waiting.shift();
      child.stdin.write(next.type);
    }
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ exitCode: code ?? -1, output }));
  });
}
