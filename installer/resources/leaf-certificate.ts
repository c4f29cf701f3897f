import { X509Certificate } from "node:crypto";

/** The first certificate of a PEM text, which may begin with its key; undefined where there is none that can be read. */
export function leafCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text.slice(Math.max(text.indexOf("-----BEGIN CERTIFICATE-----"), 0)));
  } catch {
    return undefined;
  }
}
