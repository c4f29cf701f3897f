import { Command } from "commander";
import { chooseCopy, listCopies, type Copy } from "../backup/copies.ts";
import type { Repository } from "../backup/repository.ts";
import { restoreAll, restoreFile, restoreHome, type RestoreOptions } from "../backup/restore.ts";
import { accountName, instanceOf } from "../desired/account-name.ts";
import { HomeroomError } from "../errors.ts";
import { currentGeneration } from "../generations/generations.ts";
import type { Host } from "../host/host.ts";
import { aptPackage } from "../resources/apt-package.ts";
import { ensureAccount } from "./account.ts";
import { applyNow } from "./apply.ts";
import { confirm } from "./ask.ts";
import { lockCopies } from "./backup.ts";
import { repositoryOf } from "./backup/repository-of.ts";
import { lockConfig } from "./config/config-file.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { readConfig } from "./read-config.ts";

interface RestoreFlags {
  person?: string;
  file?: string;
  from?: string;
  passwordFile?: string;
  keysFile?: string;
  yes?: true;
  json?: true;
}

/** `homeroom restore [COPY]`: everything, one person's home, or one file; what is there is kept. */
export function restoreCommand(): Command {
  return new Command("restore")
    .description(
      "Bring back everything from a copy, or one person's home, or one file; what is there is kept.",
    )
    .argument("[copy]", "which one (`homeroom backup list`); the newest where nothing is said")
    .option("--person <user>", "only this person's home")
    .option("--file <path>", "only this file or folder of it")
    .option("--from <repository>", "where the copies are, on a new machine whose config does not say it")
    .option("--password-file <file>", "holds their password")
    .option("--keys-file <file>", "holds the keys of an S3 service")
    .option("--yes", "ask nothing")
    .option("--json", "the result as data")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom restore --person alice --file work/day1.ipynb\n  sudo homeroom restore 4f3c21aa --person alice\n  sudo homeroom restore --from /mnt/copies --password-file /root/password",
    )
    .action(async function (this: Command, id: string | undefined) {
      const options = this.optsWithGlobals<GlobalOptions & RestoreFlags>();
      requireRoot(options);
      if (options.file !== undefined && options.person === undefined) {
        this.error("error: --file needs --person: whose file it is");
      }
      await restore(hostOf(options), id, options);
    });
}

async function restore(host: Host, id: string | undefined, flags: RestoreFlags): Promise<void> {
  if ((await currentGeneration(host)) === undefined) {
    throw new HomeroomError("Homeroom was never installed to the end here.", {
      remedy: "First install it, then restore: sudo homeroom install",
    });
  }
  const repository = await repositoryFor(host, flags);
  await using _lock = await lockCopies(host, "restore");
  const copy = chooseCopy(await listCopies(host, repository), id);
  const options = { repository, copy: copy.id, report: narrate };
  if (flags.person === undefined) return wholeMachine(host, copy, options, flags);
  const account = accountName(flags.person.toLowerCase());
  if (flags.file !== undefined) {
    const { path, kept } = await restoreFile(host, { account, typed: flags.file }, options);
    if (flags.json) printJson({ copy: copy.id, path, kept });
    narrate(`${path} of ${flags.person} is as it was at ${copy.at}.`);
    if (kept !== undefined) narrate(`What was there is now ${kept}.`);
    return;
  }
  const { homes } = await restoreHome(host, account, options);
  if (flags.json) printJson({ copy: copy.id, homes });
  for (const { kept } of homes) {
    narrate(`The home of ${flags.person} is as it was at ${copy.at}.`);
    if (kept !== undefined) narrate(`What was there is now ${kept}; remove it when nobody misses anything.`);
  }
}

async function wholeMachine(
  host: Host,
  copy: Copy,
  options: RestoreOptions,
  flags: RestoreFlags,
): Promise<void> {
  const words = `Make this machine what ${copy.machine} was at ${copy.at}? Servers that run are ended; files that are here are kept aside.`;
  if (!flags.yes) {
    if (!canAsk())
      throw new HomeroomError("This replaces config, people, passwords and homes.", { remedy: "Add --yes." });
    if (!(await confirm(words, false))) return;
  }
  const { homes, id } = await bringBack(host, options);
  await applyNow(host, "restore", { keep: true, asked: true });
  const nobody: string[] = [];
  for (const { account } of homes) {
    // Whoever is on no list any more has a home, and no account until they return.
    await ensureAccount(host, instanceOf(account)).catch(() => nobody.push(account));
  }
  if (flags.json) printJson({ copy: copy.id, homes, keptAs: id });
  if (nobody.length > 0)
    narrate(`On no list, so without an account until they return: ${nobody.join(", ")}.`);
  narrate(`This machine is what ${copy.machine} was at ${copy.at}: ${homes.length} homes.`);
  narrate(`What was here is kept in names that end in before-${id}.`);
  narrate(
    "Packages that were installed by hand: `homeroom env history` lists them, `homeroom env restore` brings them back.",
  );
}

/** The config is not edited meanwhile; the apply that follows takes the lock itself. */
async function bringBack(host: Host, options: RestoreOptions) {
  await using _lock = await lockConfig(host, "restore");
  return restoreAll(host, options);
}

async function repositoryFor(host: Host, flags: RestoreFlags): Promise<Repository> {
  const { config } = await readConfig(host);
  if (flags.from === undefined) return repositoryOf(config);
  // A new machine has restic only once its config asks for copies.
  if ((await aptPackage.read(host, "restic")) === undefined) {
    await aptPackage.write(
      host,
      "restic",
      { installed: true },
      { report: narrate, signal: AbortSignal.timeout(600_000) },
    );
  }
  return {
    address: flags.from,
    passwordFile: flags.passwordFile ?? config.backup.passwordFile,
    keysFile: flags.keysFile ?? null,
  };
}
