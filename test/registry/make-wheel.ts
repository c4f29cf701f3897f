import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export interface WheelOptions {
  /** Contents by path; without them one module of the package's name with `version` in it. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** Requires-Dist lines. */
  needs?: readonly string[];
  /** Which Pythons it is for, as in "cp311-cp311-any"; all of them where nothing is said. */
  tag?: string;
}

/** A wheel (PEP 427) as pip and uv install it; its name and its bytes. */
export function makeWheel(
  name: string,
  version: string,
  { files, needs = [], tag = "py3-none-any" }: WheelOptions = {},
): { filename: string; content: Buffer } {
  const module = name.replaceAll("-", "_");
  const info = `${module}-${version}.dist-info`;
  const contents: Record<string, string | Uint8Array> = {
    ...(files ?? { [`${module}.py`]: `version = "${version}"\n` }),
    [`${info}/METADATA`]: [
      `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}`,
      ...needs.map((need) => `Requires-Dist: ${need}`),
    ]
      .join("\n")
      .concat("\n"),
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
  };
  const rows = Object.entries(contents).map(
    ([path, content]) =>
      `${path},sha256=${createHash("sha256").update(content).digest("base64url")},${Buffer.byteLength(content)}`,
  );
  contents[`${info}/RECORD`] = [...rows, `${info}/RECORD,,`].join("\n").concat("\n");
  return { filename: `${module}-${version}-${tag}.whl`, content: zip(contents) };
}

/** A zip archive (PKWARE's APPNOTE) whose files are stored as they are. */
function zip(contents: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(contents)) {
    const data = Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x21, 8); // 1 January 1980
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(path), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(0o100644 * 0x10000, 6); // a plain file, for Unix
    rest.writeUInt32LE(offset, 10);
    const made = Buffer.from([20, 3]);
    entries.push(Buffer.concat([Buffer.from("PK\x01\x02"), made, common, rest, Buffer.from(path)]));
    bodies.push(body);
    offset += body.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(entries).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...entries, Buffer.from("PK\x05\x06"), end]);
}
