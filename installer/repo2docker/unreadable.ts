import { HomeroomError } from "../errors.ts";

/** A file of the folder that cannot be understood: which, where in it, and why. */
export function unreadable(file: string, why: string): HomeroomError {
  return new HomeroomError(`${file}: ${why}`, {
    remedy: `Correct ${file} where the folder comes from, then type: sudo homeroom env apply`,
  });
}
