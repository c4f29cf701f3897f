import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { listCopies } from "../backup/copies.ts";
import { makeCopy } from "../backup/make-copy.ts";
import { restic } from "../backup/repository.ts";
import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { lockFile } from "../host/lock-file.ts";
import { alignColumns } from "./align-columns.ts";
import { repositoryOf } from "./backup/repository-of.ts";
import { hostOf, narrate, print, printJson, requireRoot, whoAsks, type GlobalOptions } from "./context.ts";
import { readConfig } from "./read-config.ts";
import { readVersion } from "./read-release.ts";

type Flags = GlobalOptions & { json?: true };

/** `homeroom backup`: copies of everything that cannot be made again, encrypted, by restic. */
export function backupCommand(): Command {
  const command = new Command("backup")
    .description("Copies of config, people, passwords and homes: make one, see which there are, check them.")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom config set backup.repository=/srv/homeroom-copies\n  sudo homeroom backup password\n  sudo homeroom backup run\n  sudo homeroom backup list",
    );
  const sub = (name: string, words: string, act: (host: Host, flags: Flags) => Promise<void>) =>
    command
      .command(name)
      .description(words)
      .option("--json", "as data")
      .action(async function (this: Command) {
        const flags = this.optsWithGlobals<Flags>();
        requireRoot(flags);
        await act(hostOf(flags), flags);
      });
  sub("run", "make a copy now, and forget old ones", runNow);
  sub("list", "which copies there are", listNow);
  sub("check", "whether the copies are whole (reads their index, and a tenth of their data)", checkNow);
  sub("password", "make up the password for the copies, and show it once", makePassword);
  return command;
}

async function runNow(host: Host, { json }: Flags): Promise<void> {
  const { config } = await readConfig(host);
  const repository = repositoryOf(config);
  await using _lock = await lockCopies(host, "backup run");
  const record = await makeCopy(host, { repository, release: await readVersion(), keep: config.backup.keep });
  if (record.unread !== undefined)
    narrate(`${record.unread} files could not be read and are not in the copy.`);
  if (json) printJson(record);
  else
    print(`Copy ${record.good?.snapshot}: ${record.good?.files} files, ${megabytes(record.good?.bytes)} MB.`);
}

async function listNow(host: Host, { json }: Flags): Promise<void> {
  const copies = await listCopies(host, repositoryOf((await readConfig(host)).config));
  if (json) printJson(copies);
  else if (copies.length === 0) print("There is no copy yet.");
  else
    print(
      alignColumns(copies.map(({ id, at, machine }) => [id, at.slice(0, 16).replace("T", " "), machine])),
    );
}

async function checkNow(host: Host, { json }: Flags): Promise<void> {
  const repository = repositoryOf((await readConfig(host)).config);
  await using _lock = await lockCopies(host, "backup check");
  await restic(host, repository, ["check", "--read-data-subset=10%"]);
  if (json) printJson({ whole: true });
  else print("The copies are whole.");
}

/** Whoever loses the machine needs it to read the copies: so it is shown, and only once. */
async function makePassword(host: Host, { json }: Flags): Promise<void> {
  const { passwordFile } = (await readConfig(host)).config.backup;
  const password = randomBytes(15).toString("base64url");
  if (!(await host.create(passwordFile, `${password}\n`, { mode: 0o600, uid: 0, gid: 0 }))) {
    throw new HomeroomError(`${passwordFile} is there already.`, {
      remedy: "Copies that were made with it need it. To see it: sudo cat that file.",
    });
  }
  if (json) printJson({ password, file: passwordFile });
  else print(password);
  narrate("Write it down and keep it elsewhere: without it nobody can read the copies, on no machine.");
}

/** One at a time: restic's own lock would make the second one fail in the middle. */
export function lockCopies(host: Host, command: string): Promise<AsyncDisposable> {
  return lockFile(host, { path: "/run/homeroom/backup.lock", command, who: whoAsks() });
}

function megabytes(bytes = 0): string {
  return (bytes / 1e6).toFixed(1);
}
