import type { ScalarNode } from "./document.ts";

/** What a scalar means. Integers beyond 2^53 keep their digits in `digits`. */
export type ScalarValue =
  | { type: "null" }
  | { type: "boolean"; value: boolean }
  | { type: "integer"; value: number; digits?: string }
  | { type: "float"; value: number }
  | { type: "date" }
  | { type: "text"; value: string };

/**
 * Reads a scalar as TLJH's parser (ruamel.yaml, YAML 1.2) does: underscores in numbers count, `010` is ten,
 * `yes` and `12:30` are text.
 */
export function readScalar({ text, plain }: ScalarNode): ScalarValue {
  if (!plain) return { type: "text", value: text };
  if (/^(?:~|null|Null|NULL)?$/.test(text)) return { type: "null" };
  if (/^(?:true|True|TRUE)$/.test(text)) return { type: "boolean", value: true };
  if (/^(?:false|False|FALSE)$/.test(text)) return { type: "boolean", value: false };
  // Most words are names; the patterns of numbers and dates would cost time for thousands of them.
  const isWord = /^[^-+.0-9]/.test(text);
  return (isWord ? undefined : (readNumber(text) ?? readDate(text))) ?? { type: "text", value: text };
}

const floats = [
  /^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+$/,
  /^[-+]?\.[0-9_]*[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/,
];

/** Characters; what is longer stays text, digit for digit. */
const longestNumber = 400;

function readNumber(text: string): ScalarValue | undefined {
  if (text.length > longestNumber) return undefined;
  if (/^[-+]?0b[01_]*[01]_*$/.test(text) || /^[-+]?0o[0-7_]*[0-7]_*$/.test(text)) return integer(text);
  if (/^[-+]?0x[0-9a-fA-F_]*[0-9a-fA-F]_*$/.test(text)) return integer(text);
  if (/^(?:[-+][0-9_]*)?[0-9][0-9_]*$/.test(text)) return integer(text);
  if (floats.some((pattern) => pattern.test(text))) {
    return { type: "float", value: Number(text.replaceAll("_", "")) };
  }
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) {
    return { type: "float", value: text.startsWith("-") ? -Infinity : Infinity };
  }
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? { type: "float", value: Number.NaN } : undefined;
}

function integer(text: string): ScalarValue {
  const negative = text.startsWith("-");
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "");
  const exact = BigInt(digits) * (negative ? -1n : 1n);
  const value = Number(exact);
  return Number.isSafeInteger(value)
    ? { type: "integer", value: value + 0 }
    : { type: "integer", value, digits: exact.toString() };
}

function readDate(text: string): ScalarValue | undefined {
  const date = /^\d{4}-\d\d-\d\d$/;
  const time =
    /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/;
  return date.test(text) || time.test(text) ? { type: "date" } : undefined;
}

/** How YAML 1.1 reads a plain word that YAML 1.2 and TLJH read otherwise, in words; undefined where both agree. */
export function otherMeaning({ text, plain }: ScalarNode): string | undefined {
  if (!plain || text.length > longestNumber) return undefined;
  if (/^(?:y|yes|on)$/i.test(text)) return "true";
  if (/^(?:n|no|off)$/i.test(text)) return "false";
  if (/^[-+]?0[0-7_]+$/.test(text) && Number(text.replaceAll("_", "")) > 7) {
    return `the number ${Number.parseInt(text.replaceAll("_", ""), 8)}`;
  }
  if (/^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text))
    return `the number ${sexagesimal(text)}`;
  return undefined;
}

function sexagesimal(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const parts = text.replace(/^[-+]/, "").replaceAll("_", "").split(":");
  return sign * parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}
