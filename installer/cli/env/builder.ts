import type { FileOwner, Host } from "../../host/host.ts";
import { resolveOwner } from "../../resources/accounts-file.ts";
import { prepareUv, type Uv } from "../../resources/run-uv.ts";

const account = "homeroom-env";

/** uv as the account that builds the shared environment, with its cache; says nothing while it works. */
export async function builder(host: Host, program: string): Promise<{ uv: Uv; owner: FileOwner }> {
  const owner = await resolveOwner(host, account, account);
  const progress = { report: () => undefined, signal: new AbortController().signal };
  return { owner, uv: await prepareUv(host, { uv: program, account, owner, cwd: "/", progress }) };
}
