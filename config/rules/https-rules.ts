import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** Let's Encrypt needs an e-mail address and names that it can certify. */
export function letsencryptNeedsEmailAndDomains(context: RuleContext): Finding[] {
  const { enabled, mode, letsencrypt } = context.config.https;
  if (!enabled || mode !== "letsencrypt") return [];
  const missing: [string, string][] = [];
  if (letsencrypt.email === "") missing.push(["email", "`email: you@school.example`"]);
  if (letsencrypt.domains.length === 0) missing.push(["domains", "`domains: [hub.school.example]`"]);
  const findings = missing.map(([key, example]) => {
    const path = ["https", "letsencrypt", key];
    const hint = `Write ${example} under \`letsencrypt:\`, or name your own \`key\` and \`cert\` under \`tls:\`.`;
    return finding(
      context,
      "error",
      "letsencrypt-incomplete",
      path,
      `Let's Encrypt needs \`${path.join(".")}\`.`,
      hint,
    );
  });
  if (letsencrypt.email !== "" && !isEmail(letsencrypt.email)) {
    const message = `\`${letsencrypt.email}\` is no e-mail address.`;
    findings.push(
      finding(
        context,
        "error",
        "email",
        ["https", "letsencrypt", "email"],
        message,
        "Write one as in `you@school.example`.",
      ),
    );
  }
  for (const [index, domain] of letsencrypt.domains.entries()) {
    if (isDomain(domain)) continue;
    const message = `\`${domain}\` is no name that Let's Encrypt can certify.`;
    const path = ["https", "letsencrypt", "domains", String(index)];
    findings.push(
      finding(
        context,
        "error",
        "domain",
        path,
        message,
        "Write the full name alone, as in `hub.school.example`.",
      ),
    );
  }
  return findings;
}

/** Whether an authority can certify it: a full host name. */
export function isDomain(text: string): boolean {
  return /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/.test(
    text,
  );
}

/** Whether it has the shape of an e-mail address. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text);
}

/** There is one certificate, from Let's Encrypt or one's own. */
export function letsencryptAndCertificateExclude(context: RuleContext): Finding[] {
  const { enabled, tls, letsencrypt } = context.config.https;
  const own = tls.key !== "" || tls.cert !== "";
  if (!enabled || !own || (letsencrypt.email === "" && letsencrypt.domains.length === 0)) return [];
  const message = "Let's Encrypt and a certificate of your own exclude each other.";
  const hint = "Delete `https.letsencrypt` or `https.tls`.";
  return [finding(context, "error", "two-certificates", ["https", "letsencrypt"], message, hint)];
}

/** A certificate of one's own is two files. */
export function certificateNeedsBothFiles(context: RuleContext): Finding[] {
  const { enabled, tls } = context.config.https;
  if (!enabled || (tls.key === "") === (tls.cert === "")) return [];
  const missing = tls.key === "" ? "key" : "cert";
  const message = `\`https.tls\` needs \`${missing}\` too.`;
  const hint = `Write the path of the ${missing === "key" ? "private key" : "certificate"} there.`;
  return [finding(context, "error", "certificate-incomplete", ["https", "tls", missing], message, hint)];
}
