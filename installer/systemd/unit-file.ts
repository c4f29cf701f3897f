import { HomeroomError } from "../errors.ts";
import { decodeBytes, encodeText } from "./bytes.ts";
import { formatAssignment, formatSection } from "./format-assignment.ts";
import { readUnitNodes, type Assignment, type UnitNode, type UnitProblem } from "./unit-nodes.ts";

/**
 * A unit file or drop-in. Immutable: `set` gives another one. What is not set survives byte for byte, comments,
 * order, odd bytes and all. Sections that appear several times are one section, as for systemd.
 */
export class UnitFile {
  readonly nodes: readonly UnitNode[];
  /** What systemd would warn of or refuse the file for, each with its line; the units of a machine have some. */
  readonly problems: readonly UnitProblem[];

  constructor(content: string | Uint8Array = "") {
    const text = typeof content === "string" ? content : decodeBytes(content);
    const { nodes, problems } = readUnitNodes(text);
    this.nodes = nodes;
    this.problems = problems;
  }

  toString(): string {
    return this.nodes.map((node) => node.raw).join("");
  }

  toBytes(): Buffer {
    return encodeText(this.toString());
  }

  /** Names of the sections, each once, in order. */
  sections(): string[] {
    const names = this.nodes.filter((node) => node.kind === "section").map((node) => node.name);
    return [...new Set(names)];
  }

  /** Every assignment of a section in order, empty ones too. */
  assignments(section: string): Assignment[] {
    return this.nodes.filter((node) => node.kind === "assignment").filter((node) => node.section === section);
  }

  /** What a list setting holds: its values in order, those after the last empty assignment. */
  list(section: string, key: string): string[] {
    const values = this.assignments(section)
      .filter((assignment) => assignment.key === key)
      .map((assignment) => assignment.value);
    return values.slice(values.lastIndexOf("") + 1);
  }

  /** What a single setting holds: its last value; undefined where there is none or it was reset. */
  get(section: string, key: string): string | undefined {
    return this.list(section, key).at(-1);
  }

  /**
   * The file with these values for the key, where the old ones stood or at the end of the section. No values take
   * the key out; "" is written as an empty assignment. Throws HomeroomError where a value cannot be written.
   */
  set(section: string, key: string, values: string | readonly string[]): UnitFile {
    this.#refuseIfBroken();
    const lineEnd = lineEnds.exec(this.toString())?.[0] ?? "\n";
    const lines = [values].flat().map((value) => formatAssignment(key, value) + lineEnd);
    const isOld = (node: UnitNode): boolean =>
      node.kind === "assignment" && node.section === section && node.key === key;
    const first = this.nodes.findIndex(isOld);
    if (first === -1) return lines.length === 0 ? this : this.#append(section, lines.join(""), lineEnd);
    const before = this.nodes.slice(0, first);
    const after = this.nodes.slice(first + 1).filter((node) => !isOld(node));
    return joined(before, lines.join(""), after);
  }

  /** A file that systemd refuses has no place where a setting would count. */
  #refuseIfBroken(): void {
    const error = this.problems.find((problem) => problem.severity === "error");
    if (!error) return;
    throw new HomeroomError(`systemd refuses this unit file. Line ${error.line}: ${error.message}`, {
      remedy: `Correct line ${error.line} first.`,
    });
  }

  #append(section: string, lines: string, lineEnd: string): UnitFile {
    const isPart = (node: UnitNode): boolean =>
      (node.kind === "section" && node.name === section) ||
      (node.kind === "assignment" && node.section === section);
    const last = this.nodes.findLastIndex(isPart);
    if (last === -1) {
      const gap = this.nodes.length === 0 ? "" : `${this.#closing(lineEnd)}${lineEnd}`;
      return joined(this.nodes, `${gap}${formatSection(section)}${lineEnd}${lines}`, []);
    }
    const isEnd = last === this.nodes.length - 1;
    const gap = isEnd ? this.#closing(lineEnd) : "";
    return joined(this.nodes.slice(0, last + 1), gap + lines, this.nodes.slice(last + 1));
  }

  /** What the file's end needs before a line can follow: its line end, and a blank line after a last backslash. */
  #closing(lineEnd: string): string {
    const last = this.nodes.at(-1);
    if (!last) return "";
    const own = /(?:\r\n|\n\r|\n|\r)$/.exec(last.raw)?.[0];
    const blank = last.open ? (own ?? lineEnd) : "";
    return own === undefined ? lineEnd + blank : blank;
  }
}

/** What systemd takes for one line end. */
const lineEnds = /\r\n|\n\r|\n|\r/;

function joined(before: readonly UnitNode[], lines: string, after: readonly UnitNode[]): UnitFile {
  const rawOf = (nodes: readonly UnitNode[]): string => nodes.map((node) => node.raw).join("");
  const rest = rawOf(after);
  // a lone \n before \r, or the reverse, would be read as one line end with it
  const ended = /^(?:\r|\n)/.test(rest) ? lines.replace(/(?<!\n)\r$|(?<!\r)\n$/, "\r\n") : lines;
  return new UnitFile(rawOf(before) + (rest[0] === lines.at(-1) ? lines : ended) + rest);
}
