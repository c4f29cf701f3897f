import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBytes, encodeText, isCleanText } from "../../../installer/systemd/bytes.ts";
import { escapeC, unescapeC } from "../../../installer/systemd/c-escapes.ts";
import { readEnvironment, writeEnvironment } from "../../../installer/systemd/environment.ts";
import { expandVariables, readExecValue, writeExecValue } from "../../../installer/systemd/exec-command.ts";
import { escapeSpecifiers, expandSpecifiers } from "../../../installer/systemd/specifiers.ts";
import { escapeUnitPart, unescapeUnitPart } from "../../../installer/systemd/unit-escape.ts";
import { UnitFile } from "../../../installer/systemd/unit-file.ts";
import { splitWords, quoteWord } from "../../../installer/systemd/words.ts";

const bytes = fc.uint8Array({ maxLength: 60 });
/** Any characters but NUL, those with a meaning in unit files more often. */
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...Array.from(`\\"'%$;#=[] \t\n\r{}@-:+!x0`)),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  })
  .map((value) => value.replaceAll("\0", ""));
const unitText = fc
  .array(
    fc.constantFrom(
      "[A]",
      "[B",
      "K=1",
      "K=",
      "L = a\\",
      "\\",
      "#c",
      ";c\\",
      "\n",
      "\r\n",
      "\r",
      " ",
      "é",
      "\t",
      "=",
      "\ufeff",
      "x",
    ),
  )
  .map((parts) => parts.join(""));

describe("bytes", () => {
  test("come back from text whatever they are", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect([...encodeText(decodeBytes(value))]).toEqual([...value]);
      }),
    );
  });

  test("text of whole characters is UTF-8", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(encodeText(value).toString("utf8")).toBe(value);
      }),
    );
  });
});

describe("unit files", () => {
  test("survive byte for byte whatever is in them", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect([...new UnitFile(value).toBytes()]).toEqual([...value]);
      }),
    );
    fc.assert(
      fc.property(unitText, (value) => {
        expect(new UnitFile(value).toString()).toBe(value);
      }),
    );
  });

  test("what is set is read back, and nothing else changes", () => {
    fc.assert(
      fc.property(
        unitText,
        fc.array(fc.constantFrom("", "1", "a b", "x\\\\", "#", "[q]", "é")),
        (content, values) => {
          const unit = new UnitFile(content);
          fc.pre(!unit.problems.some(({ severity }) => severity === "error"));
          const set = unit.set("A", "New", values);
          expect(
            set
              .assignments("A")
              .filter(({ key }) => key === "New")
              .map(({ value }) => value),
          ).toEqual(values);
          const others = (file: UnitFile): string[] =>
            file.nodes.flatMap((node) =>
              node.kind === "assignment" && node.key !== "New"
                ? [`${node.section} ${node.key} ${node.value}`]
                : [],
            );
          expect(others(set)).toEqual(others(unit));
          expect(set.set("A", "New", values).toString()).toBe(set.toString());
        },
      ),
    );
  });
});

describe("words", () => {
  test("are split to what was quoted", () => {
    fc.assert(
      fc.property(fc.array(text), (words) => {
        expect(splitWords(words.map(quoteWord).join(" "))).toEqual(words);
      }),
    );
  });

  test("C escapes come back", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(unescapeC(escapeC(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(escapeC(value)).toMatch(/^[ -~]*$/);
      }),
    );
  });

  test("specifiers come back", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(expandSpecifiers(escapeSpecifiers(value), { unit: "a.service" })).toBe(value);
      }),
    );
  });
});

describe("settings", () => {
  const expand = (value: string): string => expandSpecifiers(value, { unit: "a@b.service" });

  test("a command gets exactly its arguments", () => {
    const program = text.map(
      (value) => `/${value.replaceAll(/[\p{Cc}"'\\/]|\p{Noncharacter_Code_Point}/gu, "")}x`,
    );
    fc.assert(
      fc.property(program, fc.array(text), (program, args) => {
        const unit = new UnitFile().set("Service", "ExecStart", writeExecValue([program, ...args]));
        const read = readExecValue(unit.get("Service", "ExecStart") ?? "", expand);
        const [command] = read.result === "ok" ? read.commands : [];
        expect(command?.path).toBe(program);
        const argv = command?.argv ?? [];
        expect(command?.literalVariables === true ? argv : expandVariables(argv, { x: "wrong" })).toEqual([
          program,
          ...args,
        ]);
      }),
    );
  });

  test("a unit gets exactly its variables", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Za-z_]\w{0,5}$/), text.filter(isCleanText)),
        (variables) => {
          const unit = new UnitFile().set("Service", "Environment", writeEnvironment(variables));
          expect(readEnvironment(unit.list("Service", "Environment"), expand)).toEqual({ ...variables });
        },
      ),
    );
  });

  test("reading a command never throws", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(readExecValue(value).result).toMatch(/./);
      }),
    );
  });
});

test("unit names: any text comes back from its escaped form", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(unescapeUnitPart(escapeUnitPart(value))).toBe(value);
    }),
  );
});
