import type { Host } from "../../host/host.ts";
import { fetchRelease } from "../../upgrade/fetch-release.ts";
import { fetcherOf } from "../../upgrade/fetcher.ts";
import { readProgram, type Program } from "../../upgrade/installed-release.ts";
import { readPublished } from "../../upgrade/published.ts";
import { vouchedIntegrity } from "../../upgrade/registry-signature.ts";
import { narrate } from "../context.ts";
import { handOver } from "../hand-over.ts";
import { readRelease } from "../read-release.ts";

interface Back {
  /** What the generation ran on. */
  release: string;
  generation: number;
  yes: true | undefined;
}

/**
 * Lets the release that a generation ran on go back to it: only that one knows what the machine was like. It is
 * fetched again where it is not there any more. Answers with its exit code.
 */
export async function rollbackByRelease(host: Host, { release, generation, yes }: Back): Promise<number> {
  const { argv } = await programOf(host, release);
  return handOver([...argv, "config", "rollback", String(generation), ...(yes ? ["--yes"] : [])]);
}

async function programOf(host: Host, release: string): Promise<Program> {
  const program = await readProgram(host, release).catch(() => undefined);
  if (program !== undefined && (await host.stat(program.argv[0])) !== undefined) return program;
  const fetcher = fetcherOf((await readRelease()).folder, process.env);
  const { integrity } = vouchedIntegrity(await readPublished(host, fetcher), release);
  narrate(`Homeroom ${release} is not on this machine any more: fetching it again.`);
  return fetchRelease(host, fetcher, { version: release, integrity }, narrate);
}
