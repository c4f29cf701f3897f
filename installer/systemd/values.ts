import { isCleanText } from "./bytes.ts";
import { isNormalizedPath, simplifyPath } from "./simplify-path.ts";
import { splitWords } from "./words.ts";

// How systemd reads the values of its settings. Each function gives undefined for what systemd would not take.

/** An absolute path, simplified. */
export function readPath(value: string): string | undefined {
  const path = simplifyPath(value);
  return isCleanText(value) && path.startsWith("/") && isNormalizedPath(path) ? path : undefined;
}

/** Bytes of a memory size: `512M`, `1.5G`, `1G 512M`; the units are powers of 1024. */
export function readSize(value: string): bigint | undefined {
  let rest = value.trim();
  let total = 0n;
  let previous = Infinity;
  do {
    const match = /^(?<number>\d+)(?:\.(?<fraction>\d+))?\s*(?<unit>[BKMGTPE]?)\s*/.exec(rest);
    if (!match?.groups) return undefined;
    const { number = "", fraction = "", unit = "" } = match.groups;
    const power = Math.max("BKMGTPE".indexOf(unit || "B"), 0);
    if (power >= previous) return undefined;
    previous = power;
    total += scaled(number, fraction, 1024n ** BigInt(power));
    rest = rest.slice(match[0].length);
  } while (rest !== "");
  return total < 2n ** 64n ? total : undefined;
}

/** A whole number of 32 bits, signed. */
export function readInteger(value: string): number | undefined {
  const match = /^[ \t\n\r]*(?<sign>[+-]?)(?<digits>\w+)$/.exec(value);
  const number = readDigits(match?.groups?.["digits"] ?? "");
  if (number === undefined) return undefined;
  const signed = match?.groups?.["sign"] === "-" ? -number : number;
  return signed >= -(2n ** 31n) && signed < 2n ** 31n ? Number(signed) : undefined;
}

/** A whole number of 32 bits without sign. */
export function readUnsigned(value: string): number | undefined {
  const match = /^[ \t\n\r]*\+?(?<digits>\w+)$/.exec(value);
  const number = readDigits(match?.groups?.["digits"] ?? "");
  return number !== undefined && number < 2n ** 32n ? Number(number) : undefined;
}

/** Permission bits, in octal. */
export function readMode(value: string): number | undefined {
  const mode = /^[0-7]+$/.test(value) ? Number.parseInt(value, 8) : undefined;
  return mode !== undefined && mode <= 0o7777 ? mode : undefined;
}

/** A list of words; quotes group, backslashes are letters. */
export function readWordList(value: string): string[] | undefined {
  return splitWords(value, { unquote: true, retainEscape: true });
}

/** Microseconds of a time span: `90` (seconds), `1min 30s`, `1.5h`, `infinity`. */
export function readTimeSpan(value: string): bigint | "infinity" | undefined {
  let rest = value.trim();
  if (rest === "infinity") return "infinity";
  let total = 0n;
  do {
    const match = /^(?<number>\d*)(?:\.(?<fraction>\d+))?[ \t\n\r]*(?<unit>[A-Za-zµμ]*)[ \t\n\r]*/.exec(rest);
    const { number = "", fraction = "", unit = "" } = match?.groups ?? {};
    const scale = microseconds.get(unit);
    if (!match || number + fraction === "" || scale === undefined) return undefined;
    total += scaled(number, fraction, scale);
    rest = rest.slice(match[0].length);
  } while (rest !== "");
  return total < 2n ** 64n - 1n ? total : undefined;
}

/** A number with a fraction times a scale, rounded down as systemd does. */
function scaled(number: string, fraction: string, scale: bigint): bigint {
  return (BigInt(number + fraction || "0") * scale) / 10n ** BigInt(fraction.length);
}

/** Digits in decimal, or with 0x, 0o, 0b or a leading 0 in another base, as in C. */
function readDigits(digits: string): bigint | undefined {
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return /^(?:[1-9]\d*|0|0[xX][\da-fA-F]+|0o[0-7]+|0b[01]+)$/.test(octal) ? BigInt(octal) : undefined;
}

const second = 1_000_000n;

const microseconds = new Map<string, bigint>(
  (
    [
      [1n, ["us", "usec", "µs", "μs"]],
      [1000n, ["ms", "msec"]],
      [second, ["", "s", "sec", "second", "seconds"]],
      [60n * second, ["m", "min", "minute", "minutes"]],
      [3600n * second, ["h", "hr", "hour", "hours"]],
      [86_400n * second, ["d", "day", "days"]],
      [604_800n * second, ["w", "week", "weeks"]],
      [2_629_800n * second, ["M", "month", "months"]],
      [31_557_600n * second, ["y", "year", "years"]],
    ] as const
  ).flatMap(([scale, units]) => units.map((unit) => [unit, scale] as const)),
);
