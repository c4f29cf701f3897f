import type { Config } from "../../../config/config.ts";
import { certificateInUse } from "../../resources/certificate-path.ts";
import { leafCertificate } from "../../resources/leaf-certificate.ts";
import { error, warning, type Check, type Finding } from "../check.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** A renewal that works comes long before this. */
const warnDays = 14;
const errorDays = 3;

/** The encrypted door's certificate is one, and stays valid for a while. */
export const certificateDays: Check = {
  id: "certificate-days",
  title: "The certificate of the front door",
  area: "front door",
  async examine({ host, config, now }) {
    if (config === undefined || !config.https.enabled) return [];
    const text = (await host.read(certificateInUse(config.https)))?.toString("utf8");
    const certificate = text === undefined ? undefined : leafCertificate(text);
    if (certificate === undefined) {
      return [error("There is no certificate for HTTPS.", "Type: sudo homeroom apply")];
    }
    const until = Date.parse(certificate.validTo);
    return judge(Math.floor((until - now) / dayMs), new Date(until).toISOString().slice(0, 10), config);
  },
};

function judge(days: number, until: string, { https }: Config): Finding[] {
  if (days > warnDays) return [];
  const words = days < 0 ? `expired on ${until}` : `expires on ${until}, in ${days} days`;
  const remedy =
    https.mode === "letsencrypt"
      ? "See why it was not renewed: sudo systemctl start homeroom-acme; journalctl -t homeroom-acme"
      : `Get a new one and put it in the place of ${https.tls.cert}.`;
  return [(days <= errorDays ? error : warning)(`The certificate of the front door ${words}.`, remedy)];
}
