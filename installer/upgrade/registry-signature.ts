import { createPublicKey, verify } from "node:crypto";
import { HomeroomError } from "../errors.ts";
import type { Published } from "./published.ts";

/** One version as the registry describes it: the part that says what its archive is. */
export interface PublishedVersion {
  version: string;
  /** Why nobody should install it any more. */
  deprecated?: string;
  dist: {
    /** The archive's hash, "sha512-…". */
    integrity?: string;
    signatures?: { keyid: string; sig: string }[];
  };
}

/** A public key of a registry (docs.npmjs.com, "ECDSA registry signatures"). */
export interface RegistryKey {
  keyid: string;
  /** The key itself: base64 of its SPKI form. */
  key: string;
  keytype: string;
  scheme: string;
  /** ISO 8601; null while it is in use. */
  expires: string | null;
}

const remedy =
  "A mirror or proxy may have changed it. Name another registry: sudo HOMEROOM_REGISTRY=https://registry.npmjs.org homeroom upgrade";

/**
 * The hash of a release's archive, where the registry's signature vouches for it: ECDSA with P-256 and SHA-256 over
 * "name@version:integrity", by a key that had not expired when the version came out.
 * @returns with whether it is signed: a registry without keys signs nothing.
 * @throws HomeroomError where the registry has keys and the signature is missing, by an unknown or old key, or wrong.
 */
export function vouchedIntegrity(
  published: Published,
  version: string,
): { integrity: string; isSigned: boolean } {
  const { registry, keys } = published;
  const what = `homeroom ${version}`;
  const { integrity, signatures = [] } = published.package.versions[version]?.dist ?? {};
  if (integrity === undefined || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) {
    throw new HomeroomError(`${registry} gives no SHA-512 of ${what}.`, { remedy });
  }
  if (keys === null) return { integrity, isSigned: false };
  const known = signatures.flatMap((signature) => {
    const key = keys.find(({ keyid }) => keyid === signature.keyid);
    return key === undefined ? [] : [{ key, sig: signature.sig }];
  });
  const [found] = known;
  if (found === undefined) {
    const words = signatures.length === 0 ? "is not signed" : "is signed by an unknown key";
    throw new HomeroomError(`${what} ${words}, though ${registry} signs what it publishes.`, { remedy });
  }
  refuseExpired(found.key, published.package.time?.[version], what);
  const isValid = verify(
    "sha256",
    Buffer.from(`homeroom@${version}:${integrity}`),
    publicKey(found.key, registry),
    Buffer.from(found.sig, "base64"),
  );
  if (isValid) return { integrity, isSigned: true };
  throw new HomeroomError(`The signature of ${what} is wrong: it isn't what ${registry} signed.`, { remedy });
}

/** A key that has expired still vouches for what came out before. */
function refuseExpired({ expires, keyid }: RegistryKey, cameOut: string | undefined, what: string): void {
  if (expires === null || (cameOut !== undefined && Date.parse(cameOut) < Date.parse(expires))) return;
  throw new HomeroomError(
    `${what} is signed with the key ${keyid}, which expired on ${expires.slice(0, 10)}.`,
    {
      remedy,
    },
  );
}

function publicKey({ key, keytype, keyid }: RegistryKey, registry: string) {
  if (keytype === "ecdsa-sha2-nistp256") {
    const made = createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
    if (made.asymmetricKeyDetails?.namedCurve === "prime256v1") return made;
  }
  throw new HomeroomError(`The key ${keyid} of ${registry} is not of the kind that npm uses.`, { remedy });
}
