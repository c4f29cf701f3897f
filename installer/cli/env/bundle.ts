import { resolve } from "node:path";
import { exitCodes, HomeroomError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { takeInBundle, writeBundle } from "../../resources/bundle.ts";
import { readFacts } from "../../resources/facts.ts";
import { hostOf, narrate, requireRoot, type GlobalOptions } from "../context.ts";
import { readRelease } from "../read-release.ts";
import { builder } from "./builder.ts";
import { environmentNow } from "./environment-now.ts";

/** `homeroom env bundle FILE`: the environment as it is now, for a machine without a network. */
export async function bundleEnvironment(name: string, options: GlobalOptions): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const file = resolve(name);
  if ((await host.stat(file)) !== undefined) {
    throw new HomeroomError(`There is a ${file} already.`, {
      remedy: "Name a file that is new.",
      exitCode: exitCodes.usage,
    });
  }
  const { path, state, snapshot, release } = await environmentNow(host);
  const { uv, owner } = await builder(host, state.uv);
  for (const each of snapshot.omitted) narrate(`${each} was too large to keep and is not in it.`);
  narrate(`Fetching ${snapshot.packages.length} packages again from the package index`);
  const scripts = `${release.folder}/templates/environment`;
  const source = state.source === true;
  await writeBundle(host, { uv, owner, snapshot, environment: path, source, scripts, file });
  const megabytes = Math.ceil(((await host.stat(file))?.size ?? 0) / 1024 ** 2);
  narrate(
    `Written to ${file} (${megabytes} MB). On the other machine: sudo homeroom env restore --bundle FILE`,
  );
}

/** The snapshot that a bundle holds, and the folder of its wheels; checked, not yet used. */
export async function openBundle(host: Host, file: string): Promise<{ id: string; wheels: string }> {
  const [facts, release] = await Promise.all([readFacts(host), readRelease()]);
  const { architecture, python } = facts;
  const scripts = `${release.folder}/templates/environment`;
  return takeInBundle(host, { file: resolve(file), scripts, architecture, python });
}
