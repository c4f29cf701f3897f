import { readScalar } from "./scalar.ts";
import type { ScalarNode } from "./document.ts";

const powers: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Characters; longer text is no size, and patterns need not try it. */
const longest = 64;

/** What Python's `float` takes, and a unit. */
const sized =
  /^\s*([-+]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?)\s*([KMGT])$/;

/**
 * Bytes of a size as JupyterHub counts them: a number, or a number with K, M, G or T (powers of 1024), fractions
 * cut off. Undefined where it is no size, or not a finite one.
 */
export function readSize(node: ScalarNode): number | undefined {
  if (node.text.length > longest) return undefined;
  const value = readScalar(node);
  if (value.type === "integer" || value.type === "float") return finite(Math.trunc(value.value));
  const found = sized.exec(node.text);
  const power = powers[found?.[2] ?? ""];
  if (found === null || power === undefined) return undefined;
  return finite(Math.trunc(Number(found[1]?.replaceAll("_", "")) * power));
}

function finite(bytes: number): number | undefined {
  return Number.isSafeInteger(bytes) ? bytes + 0 : undefined;
}

/** What was probably meant by text that is no size, as in `4GB` for `4G`; undefined where that is none either. */
export function meantSize(text: string): string | undefined {
  if (text.length > longest) return undefined;
  const found = /^\s*([0-9]*[.,]?[0-9]+)\s*(?:([kmgt])(?:i?b|ib?)?|bytes?|b)?\s*$/i.exec(text);
  const [, amount = "", unit = ""] = found ?? [];
  const meant = amount.replace(",", ".") + unit.toUpperCase();
  const node: ScalarNode = { kind: "scalar", text: meant, plain: true, span: { start: 0, end: 0 } };
  return readSize(node) === undefined ? undefined : meant;
}

/** A size as a person would write it: `1.5G`. */
export function formatSize(bytes: number): string {
  const unit = Object.keys(powers)
    .toReversed()
    .find((name) => bytes >= (powers[name] ?? Infinity));
  if (unit === undefined) return `${bytes}`;
  return `${Number((bytes / (powers[unit] ?? 1)).toFixed(2))}${unit}`;
}

/** A size as it can be written in the config without losing a byte: `1.5G`, `2176M`, or plain bytes. */
export function exactSize(bytes: number): string {
  const unit = Object.keys(powers)
    .toReversed()
    .find((name) => {
      const amount = bytes / (powers[name] ?? Infinity);
      return amount >= 1 && Number.isInteger(amount * 100);
    });
  return unit === undefined ? `${bytes}` : `${bytes / (powers[unit] ?? 1)}${unit}`;
}
