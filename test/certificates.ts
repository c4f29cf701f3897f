import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A certificate that signs itself, and its key, as PEM texts. Each call makes another one.
 * @param name a DNS name or an IPv4 address
 */
export function selfSigned(
  name = "hub.school.example",
  { days = 90 }: { days?: number } = {},
): { cert: string; key: string } {
  const directory = mkdtempSync(join(tmpdir(), "certificate-"));
  const key = join(directory, "key");
  const cert = join(directory, "cert");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  const names = [
    "-subj",
    `/CN=${name}`,
    "-addext",
    `subjectAltName=${/^[\d.]+$/.test(name) ? "IP" : "DNS"}:${name}`,
  ];
  try {
    const line = ["req", "-x509", ...curve, ...names, "-days", String(days), "-keyout", key, "-out", cert];
    execFileSync("openssl", line, { stdio: ["ignore", "ignore", "pipe"] });
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
