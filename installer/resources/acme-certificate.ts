import type { X509Certificate } from "node:crypto";
import { HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { explainAcme } from "./explain-acme.ts";
import { leafCertificate } from "./leaf-certificate.ts";
import type { ResourceKind } from "./resource.ts";
import { lastRunLog } from "./systemctl.ts";

export interface AcmeCertificateState {
  /** The names that it is for, sorted. */
  names: string[];
}

const unit = "homeroom-acme.service";
/** The authority looks at each name from several places, and may be slow. */
const timeoutMs = 11 * 60_000;

/**
 * A certificate that an authority gave to homeroom-acme.service; its id is the path of the file with key and
 * certificates, which is that of one authority. It is never removed: how many of them one may get in a week is limited.
 */
export const acmeCertificate: ResourceKind<AcmeCertificateState> = {
  kind: "acme-certificate",
  inert: true,
  async read(host, id) {
    return readNames(host, id);
  },
  async write(host, id, state, progress) {
    if (state === undefined) return;
    progress.report(`asking for a certificate for ${state.names.join(", ")}`);
    const { exitCode } = await host.run(["systemctl", "start", "--", unit], {
      timeoutMs,
      okCodes: [0, 1, 4],
    });
    if (exitCode === 0 && (await readNames(host, id)) !== undefined) return;
    const { message, remedy } = explainAcme(await lastRunLog(host, unit), state.names);
    throw new HomeroomError(message, { remedy });
  },
  describe: ({ after }) => ({
    words: after === undefined ? "leave the certificate" : `get a certificate for ${after.names.join(", ")}`,
    affects: { who: "nobody" },
  }),
};

/** Undefined where there is none, or where its time is over. */
async function readNames(host: HostReader, path: string): Promise<AcmeCertificateState | undefined> {
  const text = (await host.read(path))?.toString("utf8");
  const certificate = text === undefined ? undefined : leafCertificate(text);
  if (certificate === undefined || Date.parse(certificate.validTo) < Date.now()) return undefined;
  return { names: namesOf(certificate) };
}

/** Of "DNS:hub.school.example, DNS:www.school.example". */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice("DNS:".length))
    .toSorted();
}
