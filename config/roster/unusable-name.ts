import { canaryName } from "../canary-name.ts";

/** Why JupyterHub has nobody of this name; undefined where it may. */
export function unusableName(name: string): string | undefined {
  if (name.toLowerCase() === canaryName)
    return "Homeroom itself logs in by it, to see whether people can work";
  // Nearly everybody: nothing below is true of it.
  if (/^[\w@+-][\w@.+-]{0,254}$/.test(name)) return undefined;
  if (name === "") return "it is empty";
  if (name.includes("/")) return "it has a slash";
  // As JupyterHub's validate_username has it.
  if (/^(?:\.|%2e)+$/i.test(name)) return "it is all dots, which in an address is a directory";
  if (name.trim() !== name) return "it begins or ends with a space";
  if (/[\n\r\t]/.test(name)) return "it has a line break or a tab";
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(name)) return "it has an invisible character";
  if (name.includes(",") || name.includes(";")) return "it looks like several names in one line";
  return name.length > 255 ? "it is longer than 255 characters" : undefined;
}
