import { parseRequirement } from "../requirement.ts";
import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** What stands in `environment.packages` goes to the resolver as a line of its own. */
export function packagesAreRequirements(context: RuleContext): Finding[] {
  return context.config.environment.packages.flatMap((text, index) => {
    if (parseRequirement(text) !== undefined) return [];
    const path = ["environment", "packages", String(index)];
    const hint = text.startsWith("-")
      ? "Options do not belong here: only names, versions and addresses of packages."
      : "Write a name and, where it matters, versions: numpy, pandas>=2, scikit-learn==1.5.*.";
    return [
      finding(context, "error", "not-a-requirement", path, `\`${text}\` does not name a package.`, hint),
    ];
  });
}

/** One package is asked for once. */
export function packagesDiffer(context: RuleContext): Finding[] {
  const seen = new Map<string, string>();
  return context.config.environment.packages.flatMap((text, index) => {
    const requirement = parseRequirement(text);
    // The same package with another marker is another requirement.
    if (requirement === undefined || requirement.rest.includes(";")) return [];
    const first = seen.get(requirement.name);
    seen.set(requirement.name, first ?? text);
    if (first === undefined) return [];
    const path = ["environment", "packages", String(index)];
    const message = `\`${first}\` and \`${text}\` are the same package.`;
    return [finding(context, "warning", "same-package", path, message, "Delete one of the two lines.")];
  });
}

/** A channel is a word, an address or an absolute path; it goes to a program as it is. */
export function channelsAreChannels(context: RuleContext): Finding[] {
  const { channels, manager } = context.config.environment;
  if (manager === "conda" && channels.length === 0) {
    const hint = "Name at least one, such as conda-forge.";
    const message = "conda has no channel to take packages from.";
    return [finding(context, "error", "no-channel", ["environment", "channels"], message, hint)];
  }
  return channels.flatMap((text, index) => {
    if (/^(?:[A-Za-z0-9][A-Za-z0-9._/-]*|(?:https?|file):\/\/[^\s?#]+)$/.test(text)) return [];
    const path = ["environment", "channels", String(index)];
    const hint = "Write its name (conda-forge) or its address (https://conda.example.org/school).";
    return [finding(context, "error", "not-a-channel", path, `\`${text}\` is no channel.`, hint)];
  });
}

/** Names of Debian packages, as deb-control(5) has them. */
export function aptNamesAreNames(context: RuleContext): Finding[] {
  return context.config.environment.apt.flatMap((name, index) => {
    if (/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return [];
    const path = ["environment", "apt", String(index)];
    const hint = "Names have small letters, digits and + - . only, as in `apt search` (no versions).";
    return [
      finding(context, "error", "not-a-debian-package", path, `\`${name}\` is no Debian package.`, hint),
    ];
  });
}
