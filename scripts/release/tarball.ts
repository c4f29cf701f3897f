import { gzipSync } from "node:zlib";

export interface TarEntry {
  /** Path inside the archive, at most 255 bytes with a `/` in the right place (ustar). */
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
    yield header(entry);
    yield entry.content;
    yield Buffer.alloc((block - (entry.content.length % block)) % block);
  }
  yield Buffer.alloc(2 * block);
}

function header({ path, content, executable = false }: TarEntry): Buffer {
  const { prefix, name } = splitPath(path);
  const fields = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number) =>
    fields.write(value.toString(8).padStart(length - 1, "0"), offset, "ascii");
  fields.write(name, 0, "utf8");
  octal(executable ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(modified, 136, 12);
  fields.write(" ".repeat(8), 148, "ascii");
  fields.write("0", 156, "ascii");
  fields.write("ustar\u{0}00", 257, "ascii");
  fields.write(prefix, 345, "utf8");
  const sum = fields.reduce((total, byte) => total + byte, 0);
  fields.write(`${sum.toString(8).padStart(6, "0")}\u{0} `, 148, "ascii");
  return fields;
}

function splitPath(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  throw new RangeError(`too long for a tar archive: ${path}`);
}
