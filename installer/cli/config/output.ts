/** A result, on standard output, ended by a line break. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Narration for the person, on standard error. */
export function narrate(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Whether a stream's reader wants colour. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { env } = process;
  if (env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0") return true;
  return stream.isTTY && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
