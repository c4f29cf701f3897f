/** Where the words of certbot's log say the same in each version. */
const causes: readonly (readonly [RegExp, (names: string) => Explanation])[] = [
  [
    /rate ?limit|too many (?:certificates|failed|new|currently|requests)/i,
    () => ({
      message: "The certificate authority gives no more certificates for this name for a while.",
      remedy: "Its limits end by themselves, the usual one after a week. Until then the site stays as it is.",
    }),
  ],
  [
    /urn:ietf:params:acme:error:dns|DNS problem|Type:\s+dns|NXDOMAIN|no such host/i,
    (names) => ({
      message: `The name ${names} leads nowhere, says the certificate authority.`,
      remedy:
        "Ask whoever looks after your names for an A record with this machine's public address, wait until it is known (`dig +short NAME`), and apply again.",
    }),
  ],
  [
    /urn:ietf:params:acme:error:connection|Type:\s+connection/i,
    (names) => ({
      message: `The certificate authority cannot reach port 80 of ${names}.`,
      remedy: "Open port 80 in the firewall of this machine's network, and see that the name leads here.",
    }),
  ],
  [
    /urn:ietf:params:acme:error:caa|Type:\s+caa/i,
    (names) => ({
      message: `The owner of ${names} allows other certificate authorities only (a CAA record).`,
      remedy: "Ask whoever looks after your names to allow this one.",
    }),
  ],
  [
    /urn:ietf:params:acme:error:(?:unauthorized|incorrectResponse)|Type:\s+(?:unauthorized|incorrectResponse)/i,
    (names) => ({
      message: `The name ${names} leads to another machine than this one.`,
      remedy: "Let its A and AAAA records name this machine's public address, and no other.",
    }),
  ],
  [
    /rejectedIdentifier|policy forbids|will not issue/i,
    (names) => ({
      message: `The certificate authority gives no certificates for ${names}.`,
      remedy: "Use the full public name of the machine.",
    }),
  ],
  [
    /invalidContact|invalid contact|invalid email|contact email/i,
    () => ({
      message: "The certificate authority does not take the e-mail address.",
      remedy: "Correct `https.letsencrypt.email`.",
    }),
  ],
  [
    /CERTIFICATE_VERIFY_FAILED|SSLError|certificate verify failed/i,
    () => ({
      message: "The certificate authority's own certificate is not trusted here.",
      remedy:
        "See that the machine's clock is right (`timedatectl`); for an authority of your own, trust it first.",
    }),
  ],
  [
    /ConnectionError|Max retries exceeded|Connection refused|NewConnectionError|timed out|Name or service not known|Temporary failure in name resolution|50[0-9] Server Error|The service is down/i,
    () => ({
      message: "The certificate authority does not answer.",
      remedy: "See that this machine reaches the internet, and try again later: the site stays as it is.",
    }),
  ],
];

export interface Explanation {
  message: string;
  remedy: string;
}

/**
 * Why there is no certificate, in words, from what certbot wrote. The first cause in the list counts; the kinds of
 * errors are those of RFC 8555, section 6.7.
 */
export function explainAcme(log: string, names: readonly string[]): Explanation {
  const found = causes.find(([pattern]) => pattern.test(log));
  if (found !== undefined) return found[1](names.join(" or "));
  return {
    message: `There is no certificate for ${names.join(", ")}.`,
    remedy: `homeroom-acme said last:\n${log.split("\n").slice(-8).join("\n")}`,
  };
}
