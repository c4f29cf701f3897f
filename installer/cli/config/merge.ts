import { applyPatch, createPatch } from "diff";

/** The lines that differ, as `diff -u` shows them. */
export function differences(before: string, after: string): string {
  return createPatch("config.yaml", before, after).split("\n").slice(4).join("\n").trimEnd();
}

/** Both changes of one text in one; undefined where they touch the same lines. */
export function merge(base: string, theirs: string, ours: string): string | undefined {
  const merged = applyPatch(theirs, createPatch("config.yaml", base, ours));
  return merged === false ? undefined : merged;
}
