import { dirname } from "node:path/posix";
import type { Config } from "../../config/config.ts";
import {
  acmeFolder,
  authorityOf,
  certificateInUse,
  ownCertificatePath,
} from "../resources/certificate-path.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import { escapeSpecifiers } from "../systemd/specifiers.ts";
import { quoteWord } from "../systemd/words.ts";
import type { StateBuilder } from "./state-builder.ts";

const stateFolder = "/var/lib/homeroom";
const acmeAccount = "homeroom-acme";

/** For root and the proxy alone. */
export const certificateFile = { mode: "0640", owner: "root", group: "homeroom-proxy" };

/** How long browsers stay away from the plain door where `https.hsts` says so, in seconds: half a year. */
const strictSeconds = 180 * 24 * 60 * 60;

/** Values for the units of the encrypted door. */
export function httpsValues({ https }: Config): Record<string, string> {
  const { tls } = https;
  return {
    CERTIFICATE: certificateInUse(https),
    HTTPS_PORT: String(https.port),
    STRICT_SECONDS: String(https.hsts ? strictSeconds : 0),
    CERT_SOURCE: escapeSpecifiers(tls.cert),
    KEY_SOURCE: escapeSpecifiers(tls.key),
    ACME_NAME: authorityOf(https),
    ACME_OPTIONS: acmeOptions(https),
  };
}

/**
 * A certificate of one's own where the proxy may read it: key and certificates in one file, so that a change is one
 * rename and never a key with another's certificate.
 */
export function addOwnCertificate(state: StateBuilder, pem: string): ResourceRef {
  const { group } = certificateFile;
  const account = refOf("system-account", group);
  const needs = [account, refOf("directory", stateFolder)];
  const directory = state.directory(dirname(ownCertificatePath), needs, { mode: "0750", group });
  return state.file(ownCertificatePath, pem, [directory, account], certificateFile);
}

/** What certbot needs to run as an account of its own, which has no right but to its folder. */
export function addAcmeClient(state: StateBuilder): ResourceRef[] {
  const account = state.add("system-account", acmeAccount, {
    home: "/nonexistent",
    shell: "/usr/sbin/nologin",
  });
  const { group } = certificateFile;
  const needs = [account, refOf("system-account", group), refOf("directory", stateFolder)];
  // What is written there belongs to the proxy's group, which may read it.
  const rights = { mode: "2750", owner: acmeAccount, group };
  return [
    state.add("apt-package", "certbot", { installed: true }),
    account,
    state.directory(acmeFolder, needs, rights),
  ];
}

/** The certificate that an authority gives; `needs` is all that homeroom-acme.service stands on. */
export function addAcmeCertificate(
  state: StateBuilder,
  { https }: Config,
  needs: readonly ResourceRef[],
): ResourceRef {
  const names = https.letsencrypt.domains.map((name) => name.toLowerCase()).toSorted();
  return state.add("acme-certificate", certificateInUse(https), { names: [...new Set(names)] }, needs);
}

/** certbot(1), certonly: a certificate that is there is only renewed when its time comes. */
function acmeOptions(https: Config["https"]): string {
  const { email, domains, server, staging } = https.letsencrypt;
  const words = [
    "--non-interactive",
    "--agree-tos",
    `--email=${email}`,
    "--keep-until-expiring",
    "--renew-with-new-domains",
    `--cert-name=${authorityOf(https)}`,
    "--webroot",
    "--webroot-path=/run/homeroom-acme",
    `--config-dir=${acmeFolder}/config`,
    `--work-dir=${acmeFolder}/work`,
    `--logs-dir=${acmeFolder}/logs`,
    ...(server !== "" ? [`--server=${server}`] : staging ? ["--staging"] : []),
    ...domains.map((domain) => `--domain=${domain}`),
  ];
  return words.map((word) => escapeSpecifiers(quoteWord(word))).join(" ");
}
