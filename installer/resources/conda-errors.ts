import { HomeroomError } from "../errors.ts";

interface Cause {
  said: RegExp;
  message: (found: readonly string[]) => string;
  remedy: string;
}

const again = "then run the same command again.";

/** What py-rattler's words mean for a teacher; the first that fits. Words of py-rattler 0.28. */
const causes: readonly Cause[] = [
  {
    said: /No space left on device|os error 28/,
    message: () => "The disk is full.",
    remedy: `Make room (\`df -h /opt /var\`), ${again}`,
  },
  {
    said: /hash mismatch|[Hh]ash.{0,40}(?:differ|does not match|mismatch)/,
    message: () => "A file from the channel is not the one that was recorded (its hash differs).",
    remedy:
      "The channel or something on the way to it gives out another file; nothing of it was used. Ask whoever keeps the channel.",
  },
  {
    said: /No candidates were found for (\S+)/,
    message: ([name]) => `No channel has ${name} as it is asked for.`,
    remedy:
      "Check how it is spelled and which versions `environment.channels` have; what only the Python package index has is found by its name there.",
  },
  {
    said: /Cannot solve the request/,
    message: () => "These packages cannot be installed together.",
    remedy: "Leave one of them out, or ask for other versions.",
  },
  {
    said: /certificate|UnknownIssuer/,
    message: () => "This machine does not trust the certificate of the channel.",
    remedy:
      "A school's own certificate authority goes into /usr/local/share/ca-certificates (then `sudo update-ca-certificates`).",
  },
  {
    said: /dns error|failed to lookup address/i,
    message: () => "This machine cannot look up the name of the channel.",
    remedy: `Check its DNS (\`getent hosts conda.anaconda.org\`), ${again}`,
  },
  {
    said: /timed? ?out/i,
    message: () => "The channel did not answer in time.",
    remedy: `Check the network of this machine, ${again}`,
  },
  {
    said: /status code:? 404|404 Not Found|RepoDataNotFound|failed to find repodata/i,
    message: () => "There is no such channel, or a package of it is gone.",
    remedy: "Check the names and addresses in `environment.channels`.",
  },
  {
    said: /error sending request|[Cc]onnection (?:refused|reset|closed)|tcp connect error|error trying to connect/,
    message: () => "This machine cannot reach the channel.",
    remedy: `Check that it reaches it (a proxy is taken from HTTPS_PROXY), ${again}`,
  },
  {
    said: /failed to (?:extract|unpack|read)|unexpected end of file|invalid Zip archive|error decoding response body/i,
    message: () => "A file from the channel arrived damaged or incomplete.",
    remedy: `Nothing of it was used. Check the network, ${again}`,
  },
];

/** py-rattler's error in a teacher's words; its own words stand below. */
export function explainConda(error: HomeroomError): HomeroomError {
  const said = withoutSecrets(error.remedy);
  for (const cause of causes) {
    const found = cause.said.exec(said);
    if (found === null) continue;
    const [address] = /https?:\/\/[^\s)'"]+/.exec(said) ?? [];
    const where = address !== undefined && found.length === 1 ? ` (${address})` : "";
    return new HomeroomError(`${cause.message(found.slice(1))}${where}`, {
      remedy: `${cause.remedy}\n${said}`,
      cause: error,
    });
  }
  return error;
}

/** A channel's address may hold a token or a password. */
function withoutSecrets(text: string): string {
  return text.replaceAll(/\/\/[^@/\s]*@/g, "//…@").replaceAll(/\/t\/[^/\s]+\//g, "/t/…/");
}
