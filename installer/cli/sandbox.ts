import { Command, InvalidArgumentError, Option } from "commander";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attach } from "../sandbox/attach.ts";
import { downAll, find, list, type Machine } from "../sandbox/machine.ts";
import type { MachineImage } from "../sandbox/state.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { addSandboxInstall } from "./sandbox-install.ts";
import { upHere } from "./sandbox-up.ts";

interface UpFlags {
  vm?: true;
  image: MachineImage;
  port?: number;
  memory: number;
  cpus: number;
  yes?: true;
  json?: true;
}

/**
 * `homeroom sandbox …`: throw-away machines to try Homeroom on. Results go to standard output, what happens to
 * standard error. `exec` and `shell` end with the exit code of what ran.
 */
export function sandboxCommand(): Command {
  const command = new Command("sandbox")
    .description("make throw-away machines to try Homeroom on")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom sandbox up\n  sudo homeroom sandbox shell\n  sudo homeroom sandbox down --all",
    );
  let host = hostOf({});
  command.hook("preAction", (_, action) => {
    // Machines are made on this machine, whatever --root says.
    requireRoot({});
    host = hostOf({ trace: action.optsWithGlobals<GlobalOptions>().trace === true });
  });
  command
    .command("up [name]")
    .description("make a machine, or start one again that has stopped")
    .option(
      "--vm",
      "a virtual machine with its own kernel, where limits are enforced, instead of a container",
    )
    .addOption(
      new Option("--image <release>", "Debian release").choices(["bookworm", "trixie"]).default("bookworm"),
    )
    .option("--port <port>", "port of this machine for the machine's port 80", portNumber)
    .option(
      "--memory <size>",
      "memory, as in 2G (containers: only where this machine has cgroup v2)",
      byteSize,
      2 * 1024 ** 3,
    )
    .option("--cpus <count>", "processors (containers: as for memory)", processorCount, 2)
    .option("--yes", "install missing programs without asking")
    .option("--json", "print the machine as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  homeroom sandbox up\n  homeroom sandbox up class --vm --image trixie --memory 4G\n  homeroom sandbox exec class -- systemctl status",
    )
    .action(async (name: string | undefined, flags: UpFlags) => await makeMachine(host, name, flags));
  addSandboxInstall(command, () => host);
  command
    .command("exec [name] [command...]")
    .description("run a command in a machine, as in `exec NAME -- CMD`")
    .usage("[name] -- command...")
    .action(async (_name: string | undefined, _words: string[], _flags: unknown, self: Command) => {
      const { name, argv } = splitAtDashes(self);
      process.exitCode = await attach(await (await find(name, host)).command(argv));
    });
  command
    .command("shell [name]")
    .description("open a shell in a machine")
    .action(async (name?: string) => {
      const terminal = process.stdin.isTTY && process.stdout.isTTY;
      process.exitCode = await attach(
        await (await find(name, host)).command(["/bin/bash", "-l"], { terminal }),
      );
    });
  command
    .command("copy <from> <to>")
    .description(
      "copy a file or directory in or out; a path in a machine is NAME:/PATH, or :/PATH for the newest",
    )
    .action(async (from: string, to: string) => await copy(host, from, to));
  command
    .command("reboot [name]")
    .description("boot a machine anew and wait until it is up")
    .action(async (name?: string) => await (await find(name, host)).reboot());
  command
    .command("power-cut [name]")
    .description("pull the plug of a virtual machine and start it again; what it has not synced is lost")
    .action(async (name?: string) => await (await find(name, host)).powerCut());
  command
    .command("down [name]")
    .description("take a machine away")
    .option("--all", "take every machine away, and what a crash has left")
    .action(async (name: string | undefined, flags: { all?: true }) => await takeDown(host, name, flags));
  command
    .command("list")
    .description("show the machines there are")
    .option("--json", "print them as JSON")
    .action(async (flags: { json?: true }) => await showMachines(host, flags.json === true));
  return command;
}

async function makeMachine(host: Host, name: string | undefined, flags: UpFlags): Promise<void> {
  const { image, memory, cpus, port } = flags;
  const machine = await upHere(
    host,
    {
      kind: flags.vm === true ? "vm" : "container",
      image,
      memoryBytes: memory,
      cpus,
      ...(name === undefined ? {} : { name }),
      ...(port === undefined ? {} : { port }),
    },
    flags.yes === true,
  );
  const summary = await summaryOf(machine);
  if (flags.json === true) printJson(summary);
  else print(`${machine.name} is up: ${machine.url}`);
}

async function copy(host: Host, from: string, to: string): Promise<void> {
  const [source, target] = [inMachine(from), inMachine(to)];
  if ((source === undefined) === (target === undefined)) {
    throw new HomeroomError("One of the two paths has to be in a machine, and only one.", {
      remedy: "As in `homeroom sandbox copy notes.txt class:/root/notes.txt`.",
      exitCode: exitCodes.usage,
    });
  }
  if (source !== undefined) await (await find(source.name, host)).copyOut(source.path, to);
  if (target !== undefined) await (await find(target.name, host)).copyIn(from, target.path);
}

async function takeDown(host: Host, name: string | undefined, { all }: { all?: true }): Promise<void> {
  if (all === true) {
    const names = await downAll(host);
    narrate(names.length === 0 ? "There was no machine." : `Took away ${names.join(", ")}.`);
    return;
  }
  const machine = await find(name, host);
  await machine.down();
  narrate(`Took away ${machine.name}.`);
}

async function showMachines(host: Host, json: boolean): Promise<void> {
  const machines = await Promise.all((await list(host)).map(summaryOf));
  if (json) {
    printJson(machines);
    return;
  }
  if (machines.length === 0) narrate("There is no machine; `homeroom sandbox up` makes one.");
  for (const { name, kind, image, state, url } of machines) {
    print([name.padEnd(16), kind.padEnd(10), image.padEnd(9), state.padEnd(8), url].join(" ").trimEnd());
  }
}

async function summaryOf(machine: Machine) {
  const { name, kind, image, url } = machine;
  return { name, kind, image, state: await machine.state(), url };
}

/** Words before `--` are the machine's name, those after it the command; commander alone can't tell them apart. */
function splitAtDashes(command: Command): { name?: string; argv: string[] } {
  const words = command.args;
  const dashes = process.argv.indexOf("--");
  const argv = dashes === -1 ? words.slice(1) : process.argv.slice(dashes + 1);
  const name = words.length > argv.length ? words[0] : undefined;
  if (argv.length === 0) {
    throw new HomeroomError("There is no command to run.", {
      remedy: "As in `homeroom sandbox exec -- systemctl status`.",
      exitCode: exitCodes.usage,
    });
  }
  return name === undefined ? { argv } : { name, argv };
}

function inMachine(path: string): { name?: string; path: string } | undefined {
  const match = /^([a-z][a-z0-9-]*)?:(\/.*)$/.exec(path);
  if (match?.[2] === undefined) return undefined;
  return match[1] === undefined ? { path: match[2] } : { name: match[1], path: match[2] };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError("A port is 1 to 65535.");
  return port;
}

function byteSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([MG])$/.exec(text);
  const bytes = Math.round(Number(match?.[1]) * 1024 ** (match?.[2] === "G" ? 3 : 2));
  if (match === null || bytes < 256 * 1024 ** 2)
    throw new InvalidArgumentError("A size is 256M or more, as in 512M or 2G.");
  return bytes;
}

function processorCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 256)
    throw new InvalidArgumentError("Processors are 1 to 256.");
  return count;
}
