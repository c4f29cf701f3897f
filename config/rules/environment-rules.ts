import { parseEnvironmentSource } from "../environment-source.ts";
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

/** `environment.from` is something that can be fetched. */
export function sourceCanBeFetched(context: RuleContext): Finding[] {
  const { from } = context.config.environment;
  if (from === null || parseEnvironmentSource(from) !== undefined) return [];
  const hint = /^(?:ssh:\/\/|git\+ssh:|[\w.-]+@[\w.-]+:)/.test(from)
    ? "It is fetched by an account that has no key: write the address with https, and for a private repository a token in it (https://token:TOKEN@host/...)."
    : "Write an absolute path (/srv/course), the address of an archive (https://host/course.zip) or of a git repository (https://host/school/course, with #branch where it matters).";
  const path = ["environment", "from"];
  return [
    finding(context, "error", "not-a-source", path, "This is no folder, archive or git address.", hint),
  ];
}

/** Where packages come from is said by addresses that pip and uv understand. They may hold a password: no message has them. */
export function packageSourcesAreAddresses(context: RuleContext): Finding[] {
  const { index, extraIndexes, proxy } = context.config.environment;
  const addresses: [path: string[], value: string | null, schemes: RegExp][] = [
    [["index"], index, /^(?:https?|file):$/],
    [["proxy"], proxy, /^https?:$/],
    ...(extraIndexes ?? []).map((value, at): [string[], string, RegExp] => [
      ["extra_indexes", String(at)],
      value,
      /^(?:https?|file):$/,
    ]),
  ];
  return addresses.flatMap(([path, value, schemes]) => {
    if (value === null) return [];
    // a blank or a line break would end it in the variables that programs get
    if (/^[!-~]+$/.test(value) && schemes.test(URL.parse(value)?.protocol ?? "")) return [];
    const what = path[0] === "proxy" ? "a proxy" : "a package index";
    const hint =
      path[0] === "proxy"
        ? "Write it as in `http://proxy.school.example:3128`."
        : "Write it as in `https://pypi.school.example/simple`.";
    const message = `\`environment.${path[0]}\` has something that is no address of ${what}.`;
    return [finding(context, "error", "package-source", ["environment", ...path], message, hint)];
  });
}
