import { unreadable } from "./unreadable.ts";

/** What runtime.txt says: "python-3.11", "r-4.1-2021-05-07", "r-2021-05-07". */
export interface Runtime {
  name: string;
  version: string | null;
  date: string | null;
}

/** @throws HomeroomError where it has another form */
export function readRuntimeFile(file: string, text: string): Runtime {
  const groups = /^(?<name>[^-\s]+)(?:-(?<version>\d[^-\s]*))??(?:-(?<date>\d{4}-\d\d-\d\d))?$/.exec(
    text.trim(),
  )?.groups;
  const { name = "", version, date } = groups ?? {};
  if (groups === undefined || (version === undefined && date === undefined))
    throw unreadable(file, `\`${text.trim().slice(0, 60)}\` is not of the form python-3.11.`);
  return { name, version: version ?? null, date: date ?? null };
}
