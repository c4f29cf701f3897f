import type { PackageSources } from "./package-sources.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** What pip's, uv's and everybody's variables say of where packages come from. */
export function settingsInVariables(variables: Variables): PackageSources {
  const first = (...names: string[]) =>
    names.map((name) => variables[name]?.trim()).find((value) => value !== undefined && value !== "");
  const found = {
    index: first("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"),
    extraIndexes: listOf(first("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"))?.map(
      withoutIndexName,
    ),
    findLinks: listOf(first("UV_FIND_LINKS")?.replaceAll(",", " ") ?? first("PIP_FIND_LINKS")),
    httpProxy: first("http_proxy", "HTTP_PROXY", "PIP_PROXY", "ALL_PROXY", "all_proxy"),
    httpsProxy: first("https_proxy", "HTTPS_PROXY", "PIP_PROXY", "ALL_PROXY", "all_proxy"),
    noProxy: first("no_proxy", "NO_PROXY"),
    caBundle: first("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"),
    insecureHosts: listOf(first("UV_INSECURE_HOST", "PIP_TRUSTED_HOST")),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** /etc/environment as pam_env(8) reads it: NAME=value, possibly after "export", possibly in quotes. */
export function variablesIn(text: string): Record<string, string> {
  const lines = text.matchAll(/^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)=(?<value>.*)$/gm);
  return Object.fromEntries(
    Array.from(lines, ({ groups = {} }) => [
      groups["name"] ?? "",
      (groups["value"] ?? "").trim().replace(/^(["'])(.*)\1$/, "$2"),
    ]),
  );
}

/** Words between white space; undefined where there are none. */
export function listOf(text: string | undefined): string[] | undefined {
  const words = (text ?? "").split(/\s+/).filter((word) => word !== "");
  return words.length === 0 ? undefined : words;
}

/** uv lets an index have a name: `school=https://…`. */
function withoutIndexName(text: string): string {
  return text.replace(/^[A-Za-z0-9_-]+=(?=[a-z]+:)/, "");
}
