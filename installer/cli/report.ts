import { resolve } from "node:path";
import { Command } from "commander";
import type { Host } from "../host/host.ts";
import { canAsk, hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { readParts, type ReportPart } from "./report/report-parts.ts";

interface ReportFlags {
  output?: string;
  dryRun?: true;
  yes?: true;
  json?: true;
}

/** Only root can reach what is put together here. */
const folder = "/var/lib/homeroom/report";

/** `homeroom report`: an archive for somebody who helps, without secrets and names, listed before it is written. */
export function reportCommand(): Command {
  return new Command("report")
    .description("Make an archive to send to somebody who helps: no secrets, no names.")
    .option("--output <file>", "where to (homeroom-report-<date>.tar.gz here where nothing is said)")
    .option("--dry-run", "only list what would be in it")
    .option("--yes", "ask nothing")
    .option("--json", "where it is and what is in it, as data")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom report --dry-run\n  sudo homeroom report --output /root/report.tar.gz",
    )
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & ReportFlags>();
      requireRoot(options);
      const host = hostOf(options);
      const parts = await readParts(host);
      const list = parts.map(({ name, about, text }) => ({ name, about, bytes: Buffer.byteLength(text) }));
      const day = new Date().toISOString().slice(0, 10);
      const output = resolve(options.output ?? `homeroom-report-${day}.tar.gz`);
      if (!options.json)
        for (const one of list)
          print(`${one.name.padEnd(14)} ${`${one.bytes}`.padStart(8)} bytes  ${one.about}`);
      const written = options.dryRun !== true && (await agreed(output, options));
      if (written) await write(host, parts, output);
      if (options.json) printJson({ output: written ? output : null, parts: list });
      narrate(written ? `Written to ${output}. Look through it before you send it.` : "Nothing was written.");
    });
}

async function agreed(output: string, { yes }: ReportFlags): Promise<boolean> {
  if (yes || !canAsk()) return true;
  const { confirm } = await import("./ask.ts");
  return confirm(`Write this to ${output}? Passwords, tokens and people's names are hidden.`, true);
}

/** Packs the parts where nobody else can reach them; the archive is for root, and moves into place whole. */
async function write(host: Host, parts: readonly ReportPart[], output: string): Promise<void> {
  const owner = { uid: 0, gid: 0 };
  await host.removeTree(folder);
  try {
    await host.makeDirectory(folder, { mode: 0o700, ...owner });
    await host.makeDirectory(`${folder}/homeroom-report`, { mode: 0o700, ...owner });
    for (const { name, text } of parts) {
      await host.write(`${folder}/homeroom-report/${name}`, text, { mode: 0o600, ...owner });
    }
    const packed = `${folder}/packed.tar.gz`;
    await host.run([
      "tar",
      "--create",
      "--gzip",
      `--file=${packed}`,
      `--directory=${folder}`,
      "homeroom-report",
    ]);
    const archive = await host.read(packed);
    if (archive === undefined) throw new Error(`${packed} is not there`);
    await host.write(output, archive, { mode: 0o600, ...owner });
  } finally {
    await host.removeTree(folder);
  }
}
