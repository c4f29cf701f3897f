import { isBuiltFor } from "../../desired/shared-environment.ts";
import { applyNow, resultOf } from "../apply.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { environmentNow } from "./environment-now.ts";
import { folderFor } from "./folder.ts";
import { versionsOf } from "./history.ts";
import { describeChanges, packageChanges } from "./package-changes.ts";
import { previewEnvironment, versionsAfter } from "./preview.ts";

type Options = GlobalOptions & { yes?: true; json?: true };

/** `homeroom env apply`: fetches what `environment.from` names anew, shows what that changes, and builds it. */
export async function applyEnvironment(options: Options): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const { config } = await readConfig(host);
  const folder = await folderFor(host, config, { anew: true });
  const now = await environmentNow(host);
  if (folder !== undefined) {
    const revision = folder.revision.slice(0, 12);
    const same = now.state.folder?.asks === folder.asks;
    narrate(`${folder.address} is at ${revision}${same ? " and asks for nothing else than before." : "."}`);
  }
  if (!isBuiltFor(now.state, config, folder)) {
    const lock = await previewEnvironment(host, config, now, { folder });
    for (const line of describeChanges(
      packageChanges(versionsOf(now.snapshot), versionsAfter(now.snapshot, lock)),
    ))
      narrate(line);
    if (folder?.postBuild !== undefined) narrate(`  ! ${folder.postBuild} runs, as homeroom-env`);
    if (canAsk() && !options.yes) {
      const { confirm } = await import("../ask.ts");
      if (!(await confirm("Go ahead?", true))) return narrate("Nothing was changed.");
    }
  }
  const applied = await applyNow(host, "env apply", { asked: true, keep: true, folder });
  if (options.json)
    printJson({
      ...resultOf(applied),
      from: folder === undefined ? null : { address: folder.address, revision: folder.revision },
      notDone: folder?.notDone ?? [],
    });
}
