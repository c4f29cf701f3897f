import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export interface Violation {
  file: string;
  /** From 1. */
  line: number;
  message: string;
}

interface Rule {
  /** Modules (or files of modules) whose code may be imported. */
  code: readonly string[];
  /** Modules (or files of modules) of which only types may be imported. */
  types?: readonly string[];
  /** Packages, with the paths below them. */
  packages?: readonly string[];
  /** Whether it may touch files, processes and the network itself. */
  effects?: boolean;
}

const errors = "installer/errors.ts";
const hostInterface = "installer/host/host.ts";
const resourceNames = [
  "resource",
  "hash",
  "admins-group",
  "certificate-path",
  "folder-part",
  "source-variables",
].map((name) => `installer/resources/${name}.ts`);

/** Which module may import what; ARCHITECTURE.md has it in words. Its own files a module may always import. */
const table: Readonly<Record<string, Rule | "everything">> = {
  config: { code: [], packages: ["yaml", "ajv", "ajv-formats"] },
  [errors]: { code: [] },
  "installer/host": { code: [errors], packages: ["execa", "pino"], effects: true },
  "installer/systemd": { code: [errors] },
  "installer/resources": {
    code: ["installer/systemd", errors],
    types: [hostInterface],
    packages: ["smol-toml"],
  },
  "installer/desired": {
    // names and hashes of resources and packages, and what limits mean on a machine, are vocabulary: pure functions
    code: [
      "installer/systemd",
      "config/requirement.ts",
      "config/limits.ts",
      "config/canary-name.ts",
      ...resourceNames,
    ],
    types: ["config", "installer/resources"],
  },
  "installer/plan": { code: ["installer/resources"], types: [hostInterface] },
  "installer/apply": {
    code: [
      "installer/resources",
      "installer/plan/undo-plan.ts",
      "installer/host/lock-file.ts",
      "installer/host/temporary-name.ts",
      errors,
    ],
    types: ["installer/plan", hostInterface],
  },
  "installer/backup": {
    code: ["installer/resources", errors],
    types: [hostInterface],
  },
  "installer/health": { code: [], types: ["config", hostInterface] },
  "installer/doctor": {
    // a check names what the desired state makes: its pure names, and the kinds that read the machine
    code: [
      "installer/health",
      "installer/resources",
      "installer/systemd",
      "installer/desired/account-name.ts",
      "installer/desired/foundation.ts",
      "installer/desired/python.ts",
      errors,
    ],
    types: [
      "config",
      "installer/apply",
      "installer/backup",
      "installer/desired",
      "installer/generations",
      "installer/plan",
      hostInterface,
    ],
  },
  "installer/generations": {
    code: resourceNames,
    types: ["installer/plan", "installer/resources", hostInterface],
  },
  "installer/repo2docker": {
    code: ["config/requirement.ts", errors],
    packages: ["yaml", "smol-toml"],
  },
  "installer/upgrade": {
    code: [errors],
    types: ["installer/resources", hostInterface],
  },
  "installer/uninstall": {
    code: ["installer/plan", "installer/resources", errors],
    types: [hostInterface],
  },
  "installer/sandbox": { code: ["installer/host", errors], effects: true },
  "installer/cli": "everything",
};

/** What reads or changes the machine; everything else of Node is free. */
const effects =
  /^(?:node:)?(?:fs|child_process|cluster|dgram|dns|http|http2|https|net|readline|repl|tls|tty|worker_threads)(?:\/|$)/;

/** Every import in config/ and installer/ that the table does not allow. `files` are texts by path in the repository. */
export function findViolations(files: ReadonlyMap<string, string>): Violation[] {
  return [...files].flatMap(([file, text]) =>
    readImports(file, text).flatMap((found) => {
      const message = whyForbidden(file, found);
      return message === undefined ? [] : [{ file, line: found.line, message }];
    }),
  );
}

/** The TypeScript files that the table is about, by path in the repository. */
export function readSources(root: string): Map<string, string> {
  const files = globSync(["config/**/*.ts", "installer/**/*.ts"], { cwd: root });
  return new Map(files.toSorted().map((file) => [file, readFileSync(join(root, file), "utf8")]));
}

interface Import {
  line: number;
  /** A path in the repository, or a package or a part of Node as it is written. */
  target: string;
  isLocal: boolean;
  /** Nothing of it is there when the program runs. */
  isType: boolean;
}

/** Imports and re-exports, also those that are called as a function. */
function readImports(file: string, text: string): Import[] {
  const pattern =
    /^(?:import|export)\b(?<what>[^;"']*?\bfrom\s*|\s*)["'](?<from>[^"']+)["']|\bimport\(\s*["'](?<called>[^"']+)["']/gm;
  return Array.from(text.matchAll(pattern), ({ index, groups }) => {
    const { what = "", from, called } = groups ?? {};
    const written = from ?? called ?? "";
    const isLocal = written.startsWith(".");
    return {
      line: text.slice(0, index).split("\n").length,
      target: isLocal ? normalize(join(dirname(file), written)) : written,
      isLocal,
      isType: called === undefined && isTypeOnly(what),
    };
  });
}

function isTypeOnly(what: string): boolean {
  if (/^\s+type\b/.test(what)) return true;
  const names = /^\s*\{(?<names>[^}]*)\}\s*from\s*$/.exec(what)?.groups?.["names"]?.split(",") ?? [""];
  return (
    names.filter((name) => name.trim() !== "").every((name) => /^\s*type\s/.test(name)) && names[0] !== ""
  );
}

function whyForbidden(file: string, { target, isLocal, isType }: Import): string | undefined {
  const module = moduleOf(file);
  const rule = module === undefined ? undefined : table[module];
  if (module === undefined || rule === undefined) return "the file is in no module of the import table";
  if (isLocal && moduleOf(target) === module) return undefined;
  if (moduleOf(target) === "installer/cli")
    return `${module} imports ${target}: nothing imports the commands`;
  if (rule === "everything") return undefined;
  if (!isLocal) return whyForeignForbidden(module, rule, target);
  if (rule.code.some((allowed) => isWithin(target, allowed))) return undefined;
  if (!(rule.types ?? []).some((allowed) => isWithin(target, allowed))) {
    return `${module} may not import ${target}`;
  }
  return isType ? undefined : `${module} may import only types of ${target}`;
}

function whyForeignForbidden(module: string, rule: Rule, target: string): string | undefined {
  if (effects.test(target)) {
    return rule.effects === true
      ? undefined
      : `${module} may not import ${target}: only the host has side effects`;
  }
  if (target.startsWith("node:") || (rule.packages ?? []).some((name) => isWithin(target, name))) {
    return undefined;
  }
  return `${module} may not import the package ${target}`;
}

function moduleOf(file: string): string | undefined {
  return Object.keys(table).find((module) => isWithin(file, module));
}

function isWithin(path: string, module: string): boolean {
  return path === module || path.startsWith(`${module}/`);
}

if (import.meta.main) {
  const violations = findViolations(readSources(join(import.meta.dirname, "..")));
  for (const { file, line, message } of violations) {
    process.stdout.write(`${file}:${line}: ${message}\n`);
  }
  process.exitCode = violations.length === 0 ? 0 : 1;
}
