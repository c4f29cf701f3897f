import type { PackageSources } from "./package-sources.ts";
import { listOf } from "./settings-in-variables.ts";

/** What a pip.conf says of where packages come from; "install" says more than "global", as for pip. */
export function settingsOfPip(text: string): PackageSources {
  const sections = sectionsOf(text);
  const values = { ...sections.get("global"), ...sections.get("install") };
  const value = (name: string) => values[name]?.trim() || undefined;
  const found = {
    index: value("index-url"),
    extraIndexes: listOf(value("extra-index-url")),
    findLinks: listOf(value("find-links")),
    httpProxy: value("proxy"),
    httpsProxy: value("proxy"),
    caBundle: value("cert"),
    insecureHosts: listOf(value("trusted-host")),
  };
  return Object.fromEntries(Object.entries(found).filter(([, each]) => each !== undefined));
}

/** As Python's configparser reads it: a line that is indented goes on with the value above it. */
function sectionsOf(text: string): Map<string, Record<string, string>> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> = {};
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, name, value] = /^([^\s:=#;][^:=]*?)\s*[:=]\s*(.*)$/.exec(line) ?? [];
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    if (title !== undefined) {
      section = sections.get(title) ?? {};
      sections.set(title, section);
      key = undefined;
    } else if (/^\s/.test(line) && key !== undefined) section[key] += `\n${line.trim()}`;
    else if (name !== undefined) {
      // pip takes underscores and capitals for what they stand for
      key = name.toLowerCase().replaceAll("_", "-");
      section[key] = value ?? "";
    }
  }
  return sections;
}
