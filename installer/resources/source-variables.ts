import type { PackageSources } from "./package-sources.ts";

/** Variables by which uv, and what it starts, gets packages from there. */
export function uvVariables({ index, extraIndexes, ...sources }: PackageSources): Record<string, string> {
  const { findLinks, caBundle, insecureHosts } = sources;
  return {
    // The older name of the same would be in its way.
    ...(index === undefined ? {} : { UV_DEFAULT_INDEX: index, UV_INDEX_URL: "" }),
    ...(extraIndexes === undefined ? {} : { UV_INDEX: extraIndexes.join(" ") }),
    ...(findLinks === undefined ? {} : { UV_FIND_LINKS: findLinks.join(",") }),
    ...(caBundle === undefined ? {} : { SSL_CERT_FILE: caBundle }),
    ...(insecureHosts === undefined ? {} : { UV_INSECURE_HOST: insecureHosts.join(" ") }),
    ...proxyVariables(sources),
  };
}

/** The same for pip, and the proxy for whatever else a terminal starts. */
export function pipVariables({ index, extraIndexes, ...sources }: PackageSources): Record<string, string> {
  const { findLinks, caBundle, insecureHosts = [] } = sources;
  // pip passes over an index that is not encrypted unless its host is named; whoever wrote its address has.
  const plain = [index, ...(extraIndexes ?? [])].filter((address) => address?.startsWith("http:"));
  const trusted = [
    ...new Set([...insecureHosts, ...plain.flatMap((each) => URL.parse(each ?? "")?.host ?? [])]),
  ];
  return {
    ...(index === undefined ? {} : { PIP_INDEX_URL: index }),
    ...(extraIndexes === undefined ? {} : { PIP_EXTRA_INDEX_URL: extraIndexes.join(" ") }),
    ...(findLinks === undefined ? {} : { PIP_FIND_LINKS: findLinks.join(" ") }),
    ...(caBundle === undefined ? {} : { PIP_CERT: caBundle }),
    ...(trusted.length === 0 ? {} : { PIP_TRUSTED_HOST: trusted.join(" ") }),
    ...proxyVariables(sources),
  };
}

/** Programs differ in which spelling they read. This machine itself is never reached through a proxy. */
function proxyVariables({ httpProxy, httpsProxy, noProxy }: PackageSources): Record<string, string> {
  if (httpProxy === undefined && httpsProxy === undefined) return {};
  const here = ["localhost", "127.0.0.1", "::1"];
  const no = [...new Set([...(noProxy ?? "").split(",").map((each) => each.trim()), ...here])];
  const values = {
    http_proxy: httpProxy,
    https_proxy: httpsProxy,
    no_proxy: no.filter((each) => each !== "").join(","),
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            [name, value],
            [name.toUpperCase(), value],
          ],
    ),
  );
}

/** What everybody may know: without the addresses that hold a password. */
export function withoutPasswords(sources: PackageSources): PackageSources {
  const open = Object.entries(sources).map(([name, value]: [string, string | readonly string[]]) => [
    name,
    typeof value === "string"
      ? hasPassword(value)
        ? []
        : value
      : value.filter((each) => !hasPassword(each)),
  ]);
  return Object.fromEntries(open.filter(([, value]) => value?.length !== 0)) as PackageSources;
}

/** A text without the passwords of these addresses, for messages and logs. */
export function maskPasswords(text: string, sources: PackageSources): string {
  const addresses = Object.values(sources).flat() as string[];
  return addresses.filter(hasPassword).reduce((masked, address) => {
    const credentials = address.slice(address.indexOf("://") + 3, address.lastIndexOf("@"));
    const password = credentials.slice(credentials.indexOf(":") + 1);
    return [credentials, password]
      .filter((secret) => secret.length > 3)
      .reduce((rest, secret) => rest.replaceAll(secret, "********"), masked);
  }, text);
}

function hasPassword(address: string): boolean {
  return /^[a-z][a-z+.-]*:\/\/[^/?#]*@/i.test(address);
}
