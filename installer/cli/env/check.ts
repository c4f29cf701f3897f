import { exitCodes } from "../../errors.ts";
import { readCheck } from "../../resources/environment-check.ts";
import { startUnit } from "../../resources/service.ts";
import { hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { environmentNow } from "./environment-now.ts";

/** `homeroom env check`: tries it now, as the account that builds the environment. */
export async function checkEnvironment(options: GlobalOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const { snapshot } = await environmentNow(host);
  await startUnit(host, "start", "homeroom-environment-check.service");
  const check = (await readCheck(host, snapshot.id)) ?? { works: false, reason: "the check left no answer" };
  const result = {
    snapshot: snapshot.id,
    works: check.works,
    reason: check.reason,
    damaged: snapshot.damaged,
  };
  if (!check.works) process.exitCode = exitCodes.pending;
  if (options.json) return printJson(result);
  narrate(
    check.works
      ? "A server starts from it."
      : `No server starts from it: ${check.reason}\nTo give the last working one back: sudo homeroom env repair`,
  );
  if (snapshot.damaged.length > 0) narrate(`Files are missing of: ${snapshot.damaged.join(", ")}`);
}
