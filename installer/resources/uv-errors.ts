import { HomeroomError } from "../errors.ts";

interface Cause {
  said: RegExp;
  message: (found: readonly string[]) => string;
  remedy: string;
}

const again = "then run the same command again.";

/** What uv's words mean for a teacher; the first that fits. Words of uv 0.13. */
const causes: readonly Cause[] = [
  {
    said: /No space left on device|os error 28/,
    message: () => "The disk is full.",
    remedy: `Make room (\`df -h /opt /var\`), ${again}`,
  },
  {
    said: /[Hh]ash mismatch for `([^`]+)`/,
    message: ([name]) => `The file of ${name} is not the one that was recorded (its hash differs).`,
    remedy:
      "The package index or something on the way to it gives out another file; nothing of it was used. Ask whoever keeps the index.",
  },
  {
    said: /all versions of (\S+) have no usable wheels|(\S+?)(?:[=<>]=?\S+)? has no wheels with a matching/,
    message: ([name, other]) =>
      `There is no ready-made package (wheel) of ${name ?? other} for this machine's Python.`,
    remedy:
      "Where its source can be built here: `sudo homeroom config set environment.source_packages=true`. Otherwise leave it out or choose another package.",
  },
  {
    said: /Python version \((\S+)\) does not satisfy Python\S+ and (\S+?)(?:[=<>]=?\S+)? depends on/,
    message: ([python, name]) => `${name} is not made for Python ${python}, which this machine has.`,
    remedy: "Ask for a version that is made for it, or leave it out.",
  },
  {
    said: /\b(\S+) was not found in the package registry/,
    message: ([name]) => `The package index has no package ${name}.`,
    remedy: "Check how it is spelled: the name to install is not always the name to import.",
  },
  {
    said: /there (?:is|are) (?:no versions? of|only the following versions? of) (\S+)/,
    message: ([name]) => `The package index does not have ${name}.`,
    remedy: "Ask for a version that it has, or leave the version out.",
  },
  {
    said: /No solution found when resolving dependencies/,
    message: () => "These packages cannot be installed together.",
    remedy: "Leave one of them out, or ask for other versions.",
  },
  {
    said: /(?:operation timed out|timed? ?out)/i,
    message: () => "The package index did not answer in time.",
    remedy: `Check the network of this machine, ${again}`,
  },
  {
    said: /dns error|failed to lookup address|Name or service not known|Temporary failure in name/i,
    message: () => "This machine cannot look up the name of the package index.",
    remedy: `Check its DNS (\`getent hosts pypi.org\`), ${again}`,
  },
  {
    said: /invalid peer certificate|certificate verify failed|UnknownIssuer/,
    message: () => "This machine does not trust the certificate of the package index.",
    remedy:
      "A school's own certificate authority goes into /usr/local/share/ca-certificates (then `sudo update-ca-certificates`), or its file is named by `environment.ca_bundle` of the config.",
  },
  {
    said: /error sending request|[Cc]onnection (?:refused|reset|closed)|tcp connect error/,
    message: () => "This machine cannot reach the package index.",
    remedy: `Check that it reaches it (\`environment.index\` and \`environment.proxy\` of the config, or PIP_INDEX_URL and HTTPS_PROXY, name a mirror and a proxy), ${again}`,
  },
  {
    said: /unexpected (?:end of file|EOF)|[Tt]runcated|invalid Zip archive|Failed to (?:extract|unzip|read metadata)|error decoding response body|end of central directory/,
    message: () => "A file from the package index arrived damaged or incomplete.",
    remedy: `Nothing of it was used. Check the network, ${again}`,
  },
];

/** uv's error in a teacher's words: which package, which cause; its own words stand below. */
export function explainUv(error: unknown): unknown {
  if (!(error instanceof HomeroomError)) return error;
  const said = error.remedy;
  for (const cause of causes) {
    const found = cause.said.exec(said);
    if (found === null) continue;
    const name = packageIn(said);
    const where = found.length === 1 && name !== undefined ? ` (while getting ${name})` : "";
    return new HomeroomError(`${cause.message(found.slice(1))}${where}`, {
      remedy: `${cause.remedy}\n${said}`,
      cause: error,
    });
  }
  return error;
}

/** The package that uv was at when the network or the disk failed: it names it, or the file's address. */
function packageIn(said: string): string | undefined {
  const named =
    /Failed to (?:download|fetch|extract|install|build|read metadata for|unzip)[^`\n]*`([^`]+)`/.exec(
      said,
    )?.[1];
  return named ?? /Failed to fetch: \S+\/([A-Za-z0-9_.]+)-\d[^/\s]*\.(?:whl|tar\.gz|zip)/.exec(said)?.[1];
}
