import { encodeText } from "./bytes.ts";
import { longestUnitName } from "./unit-name.ts";

/**
 * A unit name that is too long, made to fit as systemd (since 250) does: the end of its prefix gives way to `_` and
 * a hash of the whole name. Shorter names stay as they are.
 */
export function shortenUnitName(name: string): string {
  if (name.length <= longestUnitName) return name;
  const suffix = name.slice(name.lastIndexOf("."));
  const ending = `_${hashOfName(name)}${suffix}`;
  return name.slice(0, longestUnitName - ending.length) + ending;
}

/** systemd's own key for this purpose; with another one the names would differ from systemd's. */
const key = Buffer.from("ecf237fb58324a32849f069b0d21eb9a", "hex");

/** The hash goes over the name and the NUL at its end; 16 hex digits, lowest byte first. */
function hashOfName(name: string): string {
  const hash = Buffer.alloc(8);
  hash.writeBigUInt64LE(sipHash(Buffer.concat([encodeText(name), Buffer.of(0)]), key));
  return hash.toString("hex");
}

/** SipHash-2-4 (Aumasson and Bernstein, 2012). */
function sipHash(message: Buffer, key: Buffer): bigint {
  const key0 = key.readBigUInt64LE(0);
  const key1 = key.readBigUInt64LE(8);
  const state = [
    key0 ^ 0x736f6d6570736575n,
    key1 ^ 0x646f72616e646f6dn,
    key0 ^ 0x6c7967656e657261n,
    key1 ^ 0x7465646279746573n,
  ] as SipState;
  const padded = Buffer.alloc(message.length - (message.length % 8) + 8);
  message.copy(padded);
  padded[padded.length - 1] = message.length % 256;
  for (let position = 0; position < padded.length; position += 8) {
    const word = padded.readBigUInt64LE(position);
    state[3] ^= word;
    mix(state, 2);
    state[0] ^= word;
  }
  state[2] ^= 0xffn;
  mix(state, 4);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}

type SipState = [bigint, bigint, bigint, bigint];

function mix(state: SipState, rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    state[0] = wrap(state[0] + state[1]);
    state[1] = rotate(state[1], 13n) ^ state[0];
    state[0] = rotate(state[0], 32n);
    state[2] = wrap(state[2] + state[3]);
    state[3] = rotate(state[3], 16n) ^ state[2];
    state[0] = wrap(state[0] + state[3]);
    state[3] = rotate(state[3], 21n) ^ state[0];
    state[2] = wrap(state[2] + state[1]);
    state[1] = rotate(state[1], 17n) ^ state[2];
    state[2] = rotate(state[2], 32n);
  }
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}
