import { basename, dirname } from "node:path";
import type { Command } from "commander";
import { exitCodes } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attach } from "../sandbox/attach.ts";
import { list, type Machine } from "../sandbox/machine.ts";
import { canAsk, narrate, print } from "./context.ts";
import { readRelease } from "./read-release.ts";
import { upHere } from "./sandbox-up.ts";

interface InstallFlags {
  vm?: true;
  admin?: string;
  config?: string;
  yes?: true;
  offline?: string;
  progressPage?: true;
}

/** Milliseconds; an emulated virtual machine takes about ten times as long as this one. */
const limitMs = 60 * 60_000;

/** Node's own library, which a bare Debian lacks; package lists are fetched only where they are old or missing. */
const installLibrary = `
[ ! -e "/usr/lib/$(uname -m)-linux-gnu/libatomic.so.1" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
install() { apt-get --quiet=2 --assume-yes --no-install-recommends install libatomic1; }
install || { apt-get --quiet=2 update && install; }
`;

/** `homeroom sandbox install`: a machine with the hub in it, from the release that this program belongs to. */
export function addSandboxInstall(sandbox: Command, host: () => Host): void {
  sandbox
    .command("install [name]")
    .description("make a machine and install this Homeroom in it (what `bootstrap.sh --sandbox` does)")
    .option("--vm", "a virtual machine, where limits are enforced")
    .option("--admin <name>", "the teacher's user name; the password by HOMEROOM_ADMIN_PASSWORD")
    .option("--config <file>", "start with this config.yaml")
    .option("--offline <directory>", "wheels to install from, where there is no package index")
    .option("--progress-page", "show the steps on the front door meanwhile")
    .option("--yes", "ask nothing")
    .action(async (name: string | undefined, flags: InstallFlags) => {
      await installInMachine(host(), name ?? "homeroom", flags);
    });
}

async function installInMachine(host: Host, name: string, flags: InstallFlags): Promise<void> {
  const { folder, version } = await readRelease();
  const password = process.env["HOMEROOM_ADMIN_PASSWORD"];
  delete process.env["HOMEROOM_ADMIN_PASSWORD"];
  const machine = await runningMachine(host, name, flags);

  narrate(`Copying Homeroom ${version} into ${name}.`);
  const runtime = dirname(dirname(process.execPath));
  const node = `/opt/homeroom/runtimes/${basename(runtime)}`;
  const release = `/opt/homeroom/releases/${version}`;
  await machine.copyIn(runtime, node);
  await machine.copyIn(folder, release);
  if (flags.config !== undefined) await machine.copyIn(flags.config, "/root/config.yaml");
  if (flags.offline !== undefined) await machine.copyIn(flags.offline, "/root/wheels");
  await machine.exec(["/bin/sh", "-c", installLibrary]);

  const argv = [
    [`${node}/bin/node`, `${release}/dist/homeroom.mjs`, "install"],
    flags.admin === undefined ? [] : ["--admin", flags.admin],
    flags.config === undefined ? [] : ["--config", "/root/config.yaml"],
    flags.offline === undefined ? [] : ["--offline", "/root/wheels"],
    flags.progressPage === undefined ? [] : ["--progress-page"],
    flags.yes === undefined ? [] : ["--yes"],
  ].flat();
  process.exitCode = await runInstaller(machine, argv, password);
  if (process.exitCode !== exitCodes.done) return;
  narrate(`A shell in it:  sudo ${commandLine()} sandbox shell ${name}`);
  narrate(`Take it away:   sudo ${commandLine()} sandbox down ${name}`);
  print(`The hub in ${name} answers at ${machine.url}`);
}

/** The one that is running under this name, or one that is made now. */
async function runningMachine(host: Host, name: string, { vm, yes }: InstallFlags): Promise<Machine> {
  for (const machine of await list(host)) {
    if (machine.name === name && (await machine.state()) === "running") return machine;
  }
  // Who asked for a sandbox where nobody can be asked wants the programs for it too.
  return await upHere(host, { name, kind: vm === true ? "vm" : "container" }, yes === true || !canAsk());
}

/** At the person's terminal, where questions can be asked; a password goes by the environment, without questions. */
async function runInstaller(
  machine: Machine,
  argv: readonly string[],
  password: string | undefined,
): Promise<number> {
  if (password === undefined && canAsk()) {
    return await attach(await machine.command(argv, { terminal: true }));
  }
  const { exitCode } = await machine.exec(argv, {
    timeoutMs: limitMs,
    okCodes: Object.values(exitCodes),
    onLine: narrate,
    ...(password === undefined ? {} : { env: { HOMEROOM_ADMIN_PASSWORD: password } }),
  });
  return exitCode;
}

/** How this program was started: where it is only unpacked there is no `homeroom` on PATH. */
function commandLine(): string {
  return `${process.execPath} ${process.argv[1] ?? ""}`;
}
