import { lockMachine } from "../../apply/lock.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";
import { hubName } from "../../../config/roster/roster.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, whoAsks, type GlobalOptions } from "../context.ts";
import { readConfig } from "../read-config.ts";
import { deleteHome } from "./delete-home.ts";
import { readTombstones } from "./tombstones.ts";

/** `homeroom users forget NAME`: the home of a removed person is deleted now, whatever its time. */
export async function forgetUser(
  name: string,
  options: GlobalOptions & { yes?: true; json?: true },
): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const username = hubName(name);
  await using _lock = await lockMachine(host, { command: "users forget", who: whoAsks() });
  const { config } = await readConfig(host);
  const kept = (await readTombstones(host, config.users.keepHomes)).find(
    (each) => each.username === username,
  );
  if (kept === undefined) {
    throw new HomeroomError(`${username} is nobody whose home is kept.`, {
      remedy: "Only removed people can be forgotten: `sudo homeroom users list --removed` shows them.",
      exitCode: exitCodes.usage,
    });
  }
  if (!(await isSure(kept.home, username, options))) return;
  await deleteHome(host, kept);
  narrate(`${kept.home} is deleted.`);
  if (options.json) printJson({ forgotten: username, home: kept.home });
}

async function isSure(home: string, username: string, { yes }: { yes?: true }): Promise<boolean> {
  if (yes) return true;
  if (!canAsk()) {
    throw new HomeroomError(`Nobody is here who could say that ${home} may go.`, {
      remedy: "Add --yes; nothing brings it back.",
      exitCode: exitCodes.usage,
    });
  }
  const { confirm } = await import("../ask.ts");
  return confirm(`Delete ${home} with everything that ${username} made? Nothing brings it back.`, false);
}
