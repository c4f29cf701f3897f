import { Argument, Command } from "commander";
import { HomeroomError, exitCodes } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { runProcess } from "../host/run-process.ts";
import { accountName, instanceOf } from "../desired/account-name.ts";
import { escapeUnitPart } from "../systemd/unit-escape.ts";
import { hostOf, print, requireRoot, type GlobalOptions } from "./context.ts";
import { maskSecretsIn } from "./mask-line.ts";
import { readTaskLogs, type LogLine } from "./task-log-lines.ts";

interface LogsFlags {
  since?: string;
  lines: string;
  follow?: true;
  grep?: string;
}

const unitsOf: Record<string, string[]> = {
  hub: ["homeroom-hub.service"],
  proxy: ["homeroom-proxy@a.service", "homeroom-proxy@b.service"],
  apply: ["homeroom-recover.service", "homeroom-rebuild.service"],
  all: ["homeroom*"],
};
/** Whose logs hold what tasks wrote, too. */
const withTasks = new Set(["apply", "all"]);
const dayMs = 24 * 60 * 60_000;

/** `homeroom logs`: what the services and the installer said, in one stream, secrets hidden. */
export function logsCommand(): Command {
  return new Command("logs")
    .description("Show what the services and the installer said.")
    .addArgument(
      new Argument("[what]", "whose log").choices(["hub", "proxy", "user", "apply", "all"]).default("all"),
    )
    .argument("[user]", "with `user`: whose server")
    .option("--since <time>", 'as journalctl reads it: "1 hour ago", "today"')
    .option("--lines <number>", "how many of the last lines, where no time is given", "100")
    .option("--follow", "go on as the services say more")
    .option("--grep <pattern>", "only lines that match (a regular expression)")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom logs hub\n  sudo homeroom logs user alice --since today\n  sudo homeroom logs --follow --grep error",
    )
    .action(async function (this: Command, what: string, name: string | undefined) {
      const options = this.optsWithGlobals<GlobalOptions & LogsFlags>();
      requireRoot(options);
      if (what === "user" && name === undefined)
        this.error("error: whose server? As in: homeroom logs user alice");
      if (!/^[1-9]\d*$/.test(options.lines)) this.error("error: --lines takes a number, as in --lines 500");
      const units =
        what === "user"
          ? [`homeroom-user@${escapeUnitPart(instanceOf(accountName(name ?? "")))}.service`]
          : (unitsOf[what] ?? []);
      const matches = matcher(options.grep, (words) => this.error(words));
      const tasks = withTasks.has(what) ? await readTaskLogs(hostOf(options)) : [];
      const since = options.since === undefined ? undefined : await readTime(hostOf(options), options.since);
      await show(
        units,
        tasks.filter(({ text }) => matches(text)),
        { ...options, since, matches },
      );
    });
}

interface ShowOptions {
  /** Milliseconds since 1970. */
  since: number | undefined;
  lines: string;
  follow?: true;
  grep?: string;
  matches: (text: string) => boolean;
}

/** Prints what the journal has of units and what tasks wrote, by time. */
async function show(
  units: readonly string[],
  tasks: readonly LogLine[],
  { since, lines, follow, grep, matches }: ShowOptions,
): Promise<void> {
  const range = since === undefined ? [`--lines=${lines}`] : [`--since=@${Math.floor(since / 1000)}`];
  const argv = [
    "journalctl",
    "--no-pager",
    "--quiet",
    "--output=short-unix",
    ...units.map((unit) => `--unit=${unit}`),
    ...range,
  ];
  const written = tasks.filter(({ time }) => since === undefined || time >= since);
  const said = new JournalLines();
  if (follow) {
    // One journalctl for what was and what comes: between two, lines would be lost or said twice.
    for (const line of since === undefined ? written.slice(-Number(lines)) : written) print(inWords(line));
    await runProcess([...argv, "--follow"], {
      okCodes: [0, 1],
      timeoutMs: dayMs,
      onLine(text) {
        const line = said.read(text);
        if (matches(line.text)) print(inWords(line));
      },
    });
    return;
  }
  const merged = [...written];
  await runProcess([...argv, ...(grep === undefined ? [] : [`--grep=${grep}`])], {
    okCodes: [0, 1],
    timeoutMs: 60_000,
    onLine: (line) => merged.push(said.read(line)),
  });
  const wanted = merged.toSorted((a, b) => a.time - b.time);
  for (const line of since === undefined ? wanted.slice(-Number(lines)) : wanted) print(inWords(line));
}

/** Reads lines as journalctl(1) writes them with --output=short-unix: "1764000000.123456 machine homeroom-hub[812]: words". */
class JournalLines {
  #time = 0;

  read(line: string): LogLine {
    const [, seconds, text] = /^(\d+\.\d+) \S+ (.*)$/s.exec(line) ?? [];
    // Further lines of a message follow it without a time of their own.
    if (seconds === undefined) return { time: this.#time, text: line };
    this.#time = Number(seconds) * 1000;
    return { time: this.#time, text: text ?? "" };
  }
}

function inWords({ time, text }: LogLine): string {
  return maskSecretsIn(`${new Date(time).toISOString().slice(0, 19).replace("T", " ")} ${text}`);
}

function matcher(pattern: string | undefined, refuse: (words: string) => never): (line: string) => boolean {
  if (pattern === undefined) return () => true;
  try {
    // As journalctl's own --grep: without a capital letter case does not matter.
    const expression = new RegExp(pattern, /\p{Lu}/u.test(pattern) ? "u" : "iu");
    return (line) => expression.test(line);
  } catch {
    return refuse(`error: --grep does not understand ${pattern}: it takes a regular expression`);
  }
}

/** @throws HomeroomError where systemd does not know such a time (systemd-analyze(1), timestamp). */
async function readTime(host: HostReader, words: string): Promise<number> {
  const argv = ["systemd-analyze", "timestamp", "--", words];
  const { stdout } = await host.query(argv, { okCodes: [0, 1] });
  const seconds = /UNIX seconds: @(\d+)/.exec(stdout)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  throw new HomeroomError(`"${words}" is no time.`, {
    remedy: 'As in: --since "1 hour ago", --since today, --since "2026-11-25 09:00"',
    exitCode: exitCodes.usage,
  });
}
