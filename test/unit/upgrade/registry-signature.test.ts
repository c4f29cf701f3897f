import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import type { Published } from "../../../installer/upgrade/published.ts";
import { vouchedIntegrity } from "../../../installer/upgrade/registry-signature.ts";

const integrity = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;
const other = `sha512-${Buffer.alloc(64, 8).toString("base64")}`;
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = {
  keyid: "SHA256:one",
  keytype: "ecdsa-sha2-nistp256",
  scheme: "ecdsa-sha2-nistp256",
  key: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  expires: null,
};

function signature(text: string, keyid = key.keyid) {
  return { keyid, sig: sign("sha256", Buffer.from(text), privateKey).toString("base64") };
}

interface Said {
  keys?: Published["keys"];
  signatures?: { keyid: string; sig: string }[];
  hash?: string;
  time?: Record<string, string>;
}

function published({ keys = [key], signatures, hash = integrity, time }: Said): Published {
  const dist = { integrity: hash, ...(signatures === undefined ? {} : { signatures }) };
  return {
    registry: "registry.example",
    keys,
    package: {
      name: "homeroom",
      "dist-tags": { latest: "0.2.0" },
      versions: { "0.2.0": { version: "0.2.0", dist } },
      ...(time === undefined ? {} : { time }),
    },
  };
}

const good = signature(`homeroom@0.2.0:${integrity}`);

test("a hash that the registry signed", () => {
  expect(vouchedIntegrity(published({ signatures: [good] }), "0.2.0")).toEqual({ integrity, isSigned: true });
});

test("one signature of several is by a key that we know", () => {
  const signatures = [signature("whatever", "SHA256:else"), good];
  expect(vouchedIntegrity(published({ signatures }), "0.2.0").isSigned).toBe(true);
});

test("a registry that signs nothing", () => {
  expect(vouchedIntegrity(published({ keys: null }), "0.2.0")).toEqual({ integrity, isSigned: false });
});

test("a key that has expired since", () => {
  const keys = [{ ...key, expires: "2026-06-01T00:00:00.000Z" }];
  const time = { "0.2.0": "2026-05-01T00:00:00.000Z" };
  expect(vouchedIntegrity(published({ keys, signatures: [good], time }), "0.2.0").isSigned).toBe(true);
});

const expired = { ...key, expires: "2026-04-01T00:00:00.000Z" };
const { publicKey: p384 } = generateKeyPairSync("ec", { namedCurve: "P-384" });
const longKey = { ...key, key: p384.export({ type: "spki", format: "der" }).toString("base64") };

test.each<[string, Said, string]>([
  [
    "another hash than the signed one",
    { signatures: [good], hash: other },
    "signature of homeroom 0.2.0 is wrong",
  ],
  ["of another version", { signatures: [signature(`homeroom@0.1.0:${integrity}`)] }, "is wrong"],
  ["of another package", { signatures: [signature(`homerooms@0.2.0:${integrity}`)] }, "is wrong"],
  ["of another form", { signatures: [{ keyid: key.keyid, sig: "AAAA" }] }, "is wrong"],
  ["none, where the registry has keys", {}, "is not signed"],
  ["none, of keys that were taken away", { keys: [], signatures: [good] }, "unknown key"],
  ["an unknown key", { signatures: [signature(`homeroom@0.2.0:${integrity}`, "SHA256:x")] }, "unknown key"],
  [
    "a key that had expired",
    { keys: [expired], signatures: [good], time: { "0.2.0": "2026-05-01T00:00:00.000Z" } },
    "expired on 2026-04-01",
  ],
  ["an expired key, and nobody knows when it came out", { keys: [expired], signatures: [good] }, "expired"],
  ["a key of another kind", { keys: [longKey], signatures: [good] }, "not of the kind"],
  ["a hash of another kind", { hash: "sha1-AAAA", signatures: [good] }, "gives no SHA-512"],
])("refused: %s", (_, said, message) => {
  expect(() => vouchedIntegrity(published(said), "0.2.0")).toThrow(message);
});
