import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { CertificateFacts } from "../../../config/facts.ts";

/** What can be said of a key and a certificate in two files. */
export async function readCertificate(keyPath: string, certPath: string): Promise<CertificateFacts> {
  const [key, cert] = await Promise.all([
    readPart(keyPath, createPrivateKey),
    readPart(certPath, (bytes) => new X509Certificate(bytes)),
  ]);
  return {
    ...("problem" in key && { keyProblem: key.problem }),
    ...("problem" in cert && { certProblem: cert.problem }),
    ...("value" in cert && {
      notBefore: Date.parse(cert.value.validFrom),
      notAfter: Date.parse(cert.value.validTo),
      names: namesOf(cert.value),
    }),
    ...("value" in key && "value" in cert && { matches: cert.value.checkPrivateKey(key.value) }),
  };
}

/** "DNS:hub.school.example, DNS:*.hub.school.example" as OpenSSL prints it. */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName.split(", ").flatMap((part) => /^DNS:(.*)$/.exec(part)?.[1]?.toLowerCase() ?? []);
}

async function readPart<Part>(
  path: string,
  read: (bytes: Buffer) => Part,
): Promise<{ value: Part } | { problem: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return {
      problem:
        code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "it may not be read" : `${code}`,
    };
  }
  try {
    return { value: read(bytes) };
  } catch {
    return { problem: "it holds something else" };
  }
}
