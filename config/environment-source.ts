/** Where `environment.from` points to. */
export interface EnvironmentSource {
  /** "path": a folder, an archive or a git repository on this machine; which, shows when it is looked at. */
  kind: "path" | "archive" | "git";
  /** Without a password, so it may be shown. */
  address: string;
  /** Branch, tag or commit; the default branch where none is named. */
  ref?: string;
  /** "user:password", which stand in the address; a secret. */
  credentials?: string;
}

const archive = /\.(?:zip|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))$/i;

/**
 * Reads `environment.from`: an absolute path, the https address of an archive, or a git address, with `#branch` at the
 * end where it is not the default branch. Undefined where it is none of them.
 */
export function parseEnvironmentSource(text: string): EnvironmentSource | undefined {
  const [, written = "", ref] = /^([^#]*)(?:#(.*))?$/s.exec(text.trim()) ?? [];
  if (ref !== undefined && !/^(?!-)[\w./+@-]+$/.test(ref)) return undefined;
  const named = ref === undefined ? {} : { ref };
  if (/[\s\p{Cc}]/u.test(written.replaceAll(" ", "")) || written === "") return undefined;
  if (written.startsWith("/")) return { kind: "path", address: written, ...named };
  const address = written.replace(/^git\+/, "");
  if (!/^(?:https?|git|file):\/\//.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol === "file:") return { kind: "git", address, ...named };
  const credentials =
    url.username === ""
      ? {}
      : { credentials: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` };
  url.username = "";
  url.password = "";
  const kind = address === written && archive.test(url.pathname) ? "archive" : "git";
  return { kind, address: url.href, ...named, ...credentials };
}

/** For people: the address, without a password. */
export function sourceInWords({ address, ref }: EnvironmentSource): string {
  return ref === undefined ? address : `${address}#${ref}`;
}
