import { hashOf } from "./hash.ts";

/** Where a certificate of one's own is put for the proxy, which watches the file: a renewal exchanges nothing. */
export const ownCertificatePath = "/var/lib/homeroom/tls/certificate.pem";
/** All that certbot writes. */
export const acmeFolder = "/var/lib/homeroom/acme";

/** What of `https` in the config decides which file the proxy reads. */
export interface CertificateChoice {
  mode: "off" | "manual" | "letsencrypt";
  letsencrypt: { server: string; staging: boolean };
}

/**
 * The file that the proxy reads, key first. Each authority's has a place of its own: the one in use stays until the
 * other has given its.
 */
export function certificateInUse(https: CertificateChoice): string {
  return https.mode === "letsencrypt" ? `${acmeFolder}/${authorityOf(https)}.pem` : ownCertificatePath;
}

/** A word for the authority, for names of files. */
export function authorityOf({ letsencrypt: { server, staging } }: CertificateChoice): string {
  if (server !== "") return `other-${hashOf(server).slice(0, 12)}`;
  return staging ? "staging" : "letsencrypt";
}
