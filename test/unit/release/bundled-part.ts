import { parse } from "yaml";

export function readA(text: string): unknown {
  return (parse(text) as { a: unknown }).a;
}
