import { gzipSync } from "node:zlib";

export interface TarEntry {
  /** Path inside the archive. */
  path: string;
  content: Uint8Array;
  executable?: boolean;
}

const block = 512;
/** npm's own: 1985-10-26T08:15:00Z, so that equal content makes equal archives. */
const modified = 499_162_500;

/** A gzipped tar archive; the same entries in the same order give the same bytes. */
export function makeTarball(entries: Iterable<TarEntry>): Buffer {
  return gzipSync(Buffer.concat([...tarBlocks(entries)]), { level: 9 });
}

/** The blocks of a tar archive (ustar), for archives too big for memory. */
export function* tarBlocks(entries: Iterable<TarEntry>): Generator<Uint8Array> {
  for (const entry of entries) {
    if (Buffer.byteLength(entry.path) > 100)
      yield* member({ path: "longer", content: paxPath(entry.path) }, "x");
    yield* member(entry, "0");
  }
  yield Buffer.alloc(2 * block);
}

function* member(entry: TarEntry, type: "0" | "x"): Generator<Uint8Array> {
  yield header(entry, type);
  yield entry.content;
  yield Buffer.alloc((block - (entry.content.length % block)) % block);
}

/** A path that the header has no room for (pax): "<length of all this> path=<path>\n". */
function paxPath(path: string): Buffer {
  const rest = Buffer.byteLength(` path=${path}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return Buffer.from(`${length} path=${path}\n`);
}

function header({ path, content, executable = false }: TarEntry, type: "0" | "x"): Buffer {
  const fields = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number) =>
    fields.write(value.toString(8).padStart(length - 1, "0"), offset, "ascii");
  fields.write(path, 0, 100, "utf8");
  octal(executable ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(modified, 136, 12);
  fields.write(" ".repeat(8), 148, "ascii");
  fields.write(type, 156, "ascii");
  fields.write("ustar\u{0}00", 257, "ascii");
  const sum = fields.reduce((total, byte) => total + byte, 0);
  fields.write(`${sum.toString(8).padStart(6, "0")}\u{0} `, 148, "ascii");
  return fields;
}
