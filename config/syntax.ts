import type { YAMLError } from "yaml";
import type { Finding } from "./problem.ts";

/** An error of the YAML parser in a teacher's words. */
export function syntaxFinding(error: YAMLError, text: string): Finding {
  const [start, end] = error.pos;
  const words = explanations[error.code] ?? {
    code: "yaml-syntax",
    message: `This is not YAML: ${error.message.split("\n")[0]?.replace(/\.?$/, ".")}`,
    hint: "Compare the line with the one above it: indentation, colon and quotes.",
  };
  const tab = error.code !== "TAB_AS_INDENT" && tabIndent(text, start);
  return {
    severity: "error",
    path: [],
    span: { start, end: Math.max(end, start + 1) },
    ...(tab ? explanations["TAB_AS_INDENT"] : words),
  } as Finding;
}

/** Whether the line is indented by a tab, whatever the parser made of it. */
function tabIndent(text: string, offset: number): boolean {
  const from = text.lastIndexOf("\n", offset - 1) + 1;
  return /^ *\t/.test(text.slice(from, from + 200));
}

const indentation = {
  code: "yaml-indent",
  message: "The indentation does not fit the lines above.",
  hint: "Keys of one section begin in the same column, two spaces further in than the section's name; lines within brackets are further in than their key.",
};

const explanations: Partial<Record<YAMLError["code"], { code: string; message: string; hint: string }>> = {
  TAB_AS_INDENT: {
    code: "tab",
    message: "There is a tab where spaces belong.",
    hint: "Replace the tab with two spaces for each level.",
  },
  MULTIPLE_DOCS: {
    code: "second-document",
    message: "A second document begins here.",
    hint: "Delete the `---` or `...` line: a config is one document.",
  },
  BAD_INDENT: indentation,
  BLOCK_AS_IMPLICIT_KEY: {
    code: "yaml-syntax",
    message: "There is a colon or a dash too many, or a line break missing.",
    hint: "A value with `: ` in it needs quotes; a nested key needs its own line.",
  },
  MULTILINE_IMPLICIT_KEY: {
    code: "yaml-syntax",
    message: "The key has no colon, or the line above it is not finished.",
    hint: "Write `key: value`, with a space after the colon, and close every quote and bracket.",
  },
  MISSING_CHAR: {
    code: "yaml-syntax",
    message: "A character is missing before this place: a closing quote or bracket, a comma or a colon.",
    hint: "Close what was opened; a text in quotes that goes on in the next line is further in there than its key.",
  },
  BAD_ALIAS: {
    code: "unknown-alias",
    message: "This alias names no anchor, or has a character that names cannot have.",
    hint: "Put the text in quotes if it should begin with `*` or `&`.",
  },
  BAD_DQ_ESCAPE: {
    code: "yaml-syntax",
    message: "This backslash sequence means nothing.",
    hint: "Use single quotes, in which a backslash is only a backslash.",
  },
  TAG_RESOLVE_FAILED: {
    code: "yaml-tag",
    message: "This tag has no meaning here.",
    hint: "Delete it and write the plain value.",
  },
  BAD_SCALAR_START: {
    code: "yaml-syntax",
    message: "Text cannot begin with this character.",
    hint: "Put the text in quotes.",
  },
};
