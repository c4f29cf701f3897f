import {
  defaultAuthenticator,
  findAuthenticator,
  meantAuthenticator,
  shortNameList,
} from "./authenticators.ts";
import { nodeAt } from "./document.ts";
import { normalize } from "./normalize.ts";
import { notYet } from "./not-yet.ts";
import { parse } from "./parse.ts";
import { locate } from "./problem.ts";
import { checkRules } from "./rules.ts";
import { checkTraits } from "./traits.ts";
import { validate } from "./validate.ts";
import type { Config, Json } from "./config.ts";
import type { MapNode } from "./document.ts";
import type { MachineFacts } from "./facts.ts";
import type { WrittenConfig } from "./generated/written-config.ts";
import type { Finding, Problem } from "./problem.ts";
import type { Authenticator } from "./authenticators.ts";

export interface LoadOptions {
  /** What is known of the machine; without it the rules that need it are skipped. */
  facts?: MachineFacts;
  /** Takes keys that nothing carries out yet for valid (to look at a config, not to apply it). */
  allowNotYet?: boolean;
  /** The Unix account of a hub name, for the rule that each person has one of their own. */
  accountOf?: (name: string) => string;
}

export interface Loaded {
  /** All of them, errors first. */
  problems: Problem[];
  /** The names of the rules that were skipped because nothing is known of the machine. */
  skipped: string[];
  /** Where there is no error. */
  config?: Config;
  /** What was written, as far as it is valid; undefined where the text cannot be read at all. */
  written?: WrittenConfig;
  /** The text as a tree with positions. */
  root?: MapNode;
}

/** From text to Problems or Config: parse, validate, rules, normalize. Pure; never throws for a bad text. */
export function loadConfig(
  text: string | Uint8Array,
  { facts, allowNotYet = false, accountOf }: LoadOptions = {},
): Loaded {
  const decoded = decode(text);
  if (decoded === undefined) return { problems: [notText()], skipped: [] };
  const { findings: parseFindings, root } = parse(decoded);
  if (root === undefined) return { problems: locate(parseFindings, decoded), skipped: [] };
  const { findings: schemaFindings, written } = validate(root);
  const findings = [...parseFindings, ...schemaFindings];
  const traits = readAuth(root, written, findings);
  const config = normalize(written, traits);
  if (!allowNotYet) findings.push(...findNotYet(config, root));
  const { findings: ruleFindings, skipped } = checkRules(
    { config, written, root, ...(accountOf && { accountOf }) },
    facts,
  );
  findings.push(...ruleFindings);
  const problems = locate(findings, decoded);
  const valid = !problems.some(({ severity }) => severity === "error");
  return { problems, skipped, written, root, ...(valid && { config }) };
}

/** UTF-8 without its byte order mark; undefined where the bytes are no UTF-8. */
function decode(text: string | Uint8Array): string | undefined {
  if (typeof text === "string") return text;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return undefined;
  }
}

function notText(): Problem {
  return {
    severity: "error",
    code: "not-utf-8",
    path: "",
    line: 1,
    column: 1,
    message: "The file is not UTF-8 text.",
    hint: "Save it again as UTF-8, as editors do by default.",
    excerpt: "",
    excerptColumn: 1,
    length: 1,
  };
}

function readAuth(
  root: MapNode,
  written: WrittenConfig,
  findings: Finding[],
): Record<string, Record<string, Json>> {
  const auth = nodeAt(root, ["auth"]);
  if (auth?.kind !== "map") return {};
  const chosen = chooseAuthenticator(auth, written.auth?.type, findings);
  const { findings: traitFindings, traits } = checkTraits(auth, chosen);
  findings.push(...traitFindings);
  return traits;
}

function chooseAuthenticator(
  auth: MapNode,
  type: string | undefined,
  findings: Finding[],
): Authenticator | undefined {
  if (type === undefined) return findAuthenticator(defaultAuthenticator);
  const found = findAuthenticator(type);
  if (found?.known) return found;
  const span = nodeAt(auth, ["type"])?.span ?? auth.span;
  const meant = meantAuthenticator(type);
  const path = ["auth", "type"];
  if (found === undefined) {
    const hint = meant ? `Did you mean \`${meant}\`?` : `Short names: ${shortNameList().join(", ")}.`;
    const message = `There is no authenticator \`${type}\`.`;
    findings.push({ severity: "error", code: "unknown-authenticator", path, span, message, hint });
    return undefined;
  }
  const message = `The hub's environment does not have \`${type}\`: its settings cannot be checked.`;
  const hint = meant ? `Did you mean \`${meant}\`?` : "Make sure that the hub can import it.";
  const severity = meant ? "error" : "warning";
  findings.push({ severity, code: "unknown-authenticator", path, span, message, hint });
  return found;
}

function findNotYet(config: Config, root: MapNode): Finding[] {
  return notYet
    .filter((key) => key.asked(config))
    .map(({ path }) => ({
      severity: "error",
      code: "not-yet",
      path,
      span: nodeAt(root, path)?.span ?? root.span,
      message: `\`${path.join(".")}\` is understood, but this version of Homeroom does not carry it out yet.`,
      hint: "Delete it, or begin the key with x- to keep it for later.",
    }));
}
