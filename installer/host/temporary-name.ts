import { basename, dirname, join } from "node:path";

let serial = 0;

/** A name beside `path` for what is to replace it: hidden, and recognisable, so that what a kill leaves can be swept. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.homeroom-${process.pid}-${(serial += 1)}`);
}

/** The process that made a temporary name; undefined where it is none. */
export function temporaryOwner(name: string): number | undefined {
  const pid = /^\..+\.homeroom-(?<pid>\d+)-\d+$/.exec(name)?.groups?.["pid"];
  return pid === undefined ? undefined : Number(pid);
}
