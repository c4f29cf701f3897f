import { countProblems, formatProblems, problemsToJson } from "../../../config/format.ts";
import { loadConfig } from "../../../config/load.ts";
import type { LoadOptions } from "../../../config/load.ts";
import { accountName } from "../../desired/account-name.ts";
import { exitCodes } from "../../errors.ts";
import { narrate, print, wantsColor } from "./output.ts";
import { readText } from "./read-text.ts";

interface CheckOptions {
  root?: string;
  json?: true;
}

/** `homeroom config check`: exit 0 without errors, 78 with some. Needs neither root nor a hub for another file. */
export async function checkConfig(file: string | undefined, { root, json }: CheckOptions): Promise<void> {
  const { file: name, bytes } = await readText(file, root);
  const facts = file === undefined ? await factsFor(bytes, root) : {};
  const { problems, skipped } = loadConfig(bytes, { ...facts, accountOf: accountName });
  if (json) print(problemsToJson(problems));
  else if (problems.length === 0) print(`${name}: no problems.`);
  else print(formatProblems(problems, { file: name, color: wantsColor(process.stdout) }));
  if (skipped.length > 0 && !json) {
    narrate(
      "Not checked, as this is not the hub's machine: free ports, the certificate, limits against its size.",
    );
  }
  if (problems.some(({ severity }) => severity === "error")) process.exitCode = exitCodes.invalidConfig;
  else if (problems.length > 0 && !json) narrate(`${countProblems(problems)}: the config is valid.`);
}

async function factsFor(bytes: Uint8Array, root: string | undefined): Promise<LoadOptions> {
  const { readMachineFacts } = await import("./machine-facts.ts");
  return { facts: await readMachineFacts(bytes, root) };
}
