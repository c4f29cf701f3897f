import { HomeroomError } from "../errors.ts";
import { encodeText, isCleanText } from "./bytes.ts";
import { endsInBackslash, isSectionName, longestLine, strip } from "./unit-nodes.ts";

/** `KEY=VALUE` as one line, without its end; refuses what would be read back as something else. */
export function formatAssignment(key: string, value: string): string {
  if (strip(key) !== key || !/^[^=#;[\r\n\0\\][^=\r\n\0\\]*$/.test(key)) {
    throw new HomeroomError(`${JSON.stringify(key)} cannot be a key of a unit file.`, {
      remedy: "Use letters, digits and hyphens, as in MemoryMax.",
    });
  }
  const line = `${key}=${value}`;
  const reason = whyUnwritable(value, line);
  if (reason !== undefined) {
    throw new HomeroomError(`The value of ${key}= cannot stand in a unit file: ${reason}.`, {
      remedy: "Change the value; where the setting takes quoted words, quote it.",
    });
  }
  return line;
}

/** `[NAME]`; refuses a name that systemd would not take. */
export function formatSection(name: string): string {
  if (!isSectionName(name) || !isCleanText(name) || /[\]]$/.test(name)) {
    throw new HomeroomError(`${JSON.stringify(name)} cannot be a section of a unit file.`, {
      remedy: "Use letters, digits and hyphens, as in Service or X-Homeroom.",
    });
  }
  return `[${name}]`;
}

function whyUnwritable(value: string, line: string): string | undefined {
  if (/[\r\n]/.test(value)) return "it has a line break in it";
  if (value.includes("\0")) return "it has a NUL character in it";
  if (!isCleanText(value)) return "it is not UTF-8";
  if (strip(value) !== value) return "whitespace at its ends would be lost";
  if (endsInBackslash(value)) return "its last backslash would continue the line";
  if (encodeText(line).length > longestLine) return "it is longer than 1 MiB";
  return undefined;
}
