import { addressOf } from "../normalize.ts";
import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** `base_url` is a path of plain characters. */
export function baseUrlShape(context: RuleContext): Finding[] {
  const written = context.written.base_url;
  if (written === undefined) return [];
  const path = ["base_url"];
  if (/^https?:\/\//i.test(written)) {
    const inner = written.replace(/^https?:\/\/[^/]*/i, "") || "/";
    const message = "`base_url` is only the part of the address after the host's name.";
    return [finding(context, "error", "base-url", path, message, `Write \`${inner}\`.`)];
  }
  if (!/^[A-Za-z0-9._~/-]*$/.test(written) || /\/\/|(?:^|\/)\.\.?(?:\/|$)/.test(written)) {
    const message = `\`${written}\` cannot be part of the hub's address.`;
    return [
      finding(context, "error", "base-url", path, message, "Use letters, digits, - and _, as in `/hub101`."),
    ];
  }
  if (written.startsWith("/")) return [];
  const message = `\`base_url\` begins with a slash; this means \`${context.config.baseUrl}\`.`;
  return [finding(context, "warning", "base-url", path, message, `Write \`${context.config.baseUrl}\`.`)];
}

/** The addresses to listen on are IP addresses. */
export function addressesAreAddresses(context: RuleContext): Finding[] {
  return (["http", "https"] as const)
    .filter((section) => !isAddress(context.config[section].address))
    .map((section) => {
      const message = `\`${context.config[section].address}\` is no address of a machine.`;
      const hint = "Write an IP address as in `127.0.0.1`, or leave the key out for all addresses.";
      return finding(context, "error", "address", [section, "address"], message, hint);
    });
}

/** Who is trusted is named by an address or a network, as names can be made to lead anywhere. */
export function trustedProxiesAreAddresses(context: RuleContext): Finding[] {
  return (context.written.http?.trusted_proxies ?? []).flatMap((text, index) => {
    if (isNetwork(addressOf(text))) return [];
    const message = `\`${text}\` is no address of a machine and no network.`;
    const hint = "Write an IP address as in `127.0.0.1`, or a network as in `10.0.0.0/8`.";
    return [finding(context, "error", "address", ["http", "trusted_proxies", String(index)], message, hint)];
  });
}

/** An address, with or without the number of bits that its network shares. */
function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  if (address === "" || more.length > 0 || !isAddress(address)) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (address.includes(":") ? 128 : 32);
}

/** Empty, IPv4, or something that can only be IPv6. */
function isAddress(text: string): boolean {
  if (text === "") return true;
  const bytes = text.split(".");
  if (bytes.length === 4)
    return bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256);
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

/** Two front doors at one address need two ports. */
export function portsDiffer(context: RuleContext): Finding[] {
  const { http, https } = context.config;
  const same = http.address === https.address || http.address === "" || https.address === "";
  if (!https.enabled || http.port !== https.port || !same) return [];
  const message = `\`http.port\` and \`https.port\` are both ${http.port}.`;
  return [
    finding(
      context,
      "error",
      "port-collision",
      ["https", "port"],
      message,
      "Give them different ports, as 80 and 443.",
    ),
  ];
}

/** A relative path would mean something else for every program. */
export function pathsAreAbsolute(context: RuleContext): Finding[] {
  const { https, classroom } = context.config;
  const paths: [string[], string][] = [
    [["https", "tls", "key"], https.tls.key],
    [["https", "tls", "cert"], https.tls.cert],
    [["classroom", "skel"], classroom.skel ?? ""],
  ];
  return paths
    .filter(([, value]) => value !== "" && !value.startsWith("/"))
    .map(([path, value]) => {
      const message = `\`${value}\` is a relative path, and nobody says relative to what.`;
      return finding(
        context,
        "error",
        "relative-path",
        path,
        message,
        "Write the whole path, beginning with `/`.",
      );
    });
}
