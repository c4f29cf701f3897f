import { networkInterfaces } from "node:os";
import { styleText } from "node:util";
import { Command } from "commander";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { newestTask } from "../apply/journal.ts";
import { isMachineLocked } from "../apply/lock.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import { currentGeneration, type Generation } from "../generations/generations.ts";
import { checkSharedEnvironment } from "../health/shared-environment.ts";
import { checkHealth } from "../health/health.ts";
import type { HostReader } from "../host/host.ts";
import { certificateInUse } from "../resources/certificate-path.ts";
import { leafCertificate } from "../resources/leaf-certificate.ts";
import { showUnits } from "../resources/systemctl.ts";
import { readKept } from "./describe-changes.ts";
import {
  presentIn,
  readDisks,
  readMemory,
  readScheduled,
  type Present,
  type Room,
  type Scheduled,
} from "./machine-figures.ts";
import { hostOf, print, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { readCopyRecord, type CopyRecord } from "../backup/copy-record.ts";
import { describeUnattended, readUnattended, type UnattendedRecord } from "./upgrade/unattended.ts";
import { fragmentsInWords, readFragmentStates, type FragmentState } from "./fragment-states.ts";
import { configPath, readConfig } from "./read-config.ts";

const services = ["homeroom-hub.service", "homeroom-proxy@a.service", "homeroom-proxy@b.service"];
const patienceMs = 3_000;
const dayMs = 24 * 60 * 60 * 1000;

/** `homeroom status`: one screen; exit code 0, or 1 with the first problem named. */
export function statusCommand(): Command {
  return new Command("status")
    .description("Say whether everything is well, and if not: what, where, what to type.")
    .option("--json", "as data")
    .addHelpText("after", "\nExamples:\n  sudo homeroom status\n  sudo homeroom status --json")
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & { json?: true }>();
      requireRoot(options);
      const status = await readStatus(hostOf(options));
      if (options.json) printJson(status);
      else print(inWords(status));
      if (!status.healthy) process.exitCode = exitCodes.failed;
    });
}

export interface Status {
  healthy: boolean;
  problems: { message: string; remedy: string }[];
  address: string;
  release: string | undefined;
  generation: number | undefined;
  /** Config or roster differ from what is live. */
  pending: boolean;
  /** The same, or what is wrong with them. */
  file: "live" | "differs" | "invalid";
  /** The errors in them. */
  error?: string;
  /** The admin's own pieces of the hub's configuration. */
  fragments: FragmentState[];
  /** Running notebook servers. */
  servers: number;
  /** Who they belong to. */
  present: Present[];
  memory: Room;
  disks: (Room & { mount: string })[];
  /** What starts next by itself. */
  scheduled: Scheduled[];
  /** What the last nightly look for a release came to, where `upgrade.unattended` is on. */
  unattended?: UnattendedRecord | undefined;
  /** When the certificate of the front door ends, and in how many whole days; undefined where there is no HTTPS. */
  certificate?: { until: string; days: number } | undefined;
  /** What the last copy came to, where `backup.repository` is set. */
  copy?: CopyRecord | undefined;
  lastTask: { id: string; command: string; state: string } | undefined;
}

/** Looks at the machine; nothing is changed. */
export async function readStatus(host: HostReader): Promise<Status> {
  const [generation, last, units, memory, disks, scheduled, fragments] = await Promise.all([
    currentGeneration(host),
    newestTask(host),
    showUnits(host, [...services, "homeroom-user@*.service"], ["ActiveState", "MemoryCurrent"]),
    readMemory(host),
    readDisks(host),
    readScheduled(host),
    readFragmentStates(host),
  ]);
  const present = presentIn(units);
  const { config, file, error } = await readLive(host, generation);
  const problems: Status["problems"] = await checkHealth(host, config, { patienceMs });
  if (generation === undefined) {
    problems.unshift({
      message: "Homeroom was never installed to the end here.",
      remedy: "Type: sudo homeroom install",
    });
  }
  problems.push(...(await checkSharedEnvironment(host)));
  if (last?.state === "running" && !(await isMachineLocked(host))) {
    problems.push({
      message: `\`homeroom ${last.task.command}\` was interrupted.`,
      remedy: "Type: sudo homeroom apply",
    });
  }
  return {
    healthy: problems.length === 0,
    problems,
    address: publicAddress(config),
    release: generation?.release,
    generation: generation?.number,
    pending: file !== "live",
    file,
    ...(error === undefined ? {} : { error }),
    fragments,
    servers: present.length,
    present,
    memory,
    disks,
    scheduled,
    ...(config.upgrade.unattended ? { unattended: await readUnattended(host) } : {}),
    ...(config.https.enabled ? { certificate: await readCertificateEnd(host, config.https) } : {}),
    ...(config.backup.repository === null ? {} : { copy: await readCopyRecord(host) }),
    lastTask: last && { id: last.task.id, command: last.task.command, state: last.state },
  };
}

async function readCertificateEnd(host: HostReader, https: Config["https"]): Promise<Status["certificate"]> {
  const text = (await host.read(certificateInUse(https)))?.toString("utf8");
  const certificate = text === undefined ? undefined : leafCertificate(text);
  if (certificate === undefined) return undefined;
  const until = new Date(certificate.validTo);
  return { until: until.toISOString(), days: Math.floor((until.getTime() - Date.now()) / dayMs) };
}

type Live = Pick<Status, "file" | "error"> & { config: Config };

/** What is live, which a file with errors changes nothing about; and what the file says beside it. */
async function readLive(host: HostReader, generation: Generation | undefined): Promise<Live> {
  try {
    const { config, hash, roster } = await readConfig(host);
    if (generation === undefined) return { config, file: "live" };
    const same = generation.config === hash && generation.roster === roster.hash;
    return same
      ? { config, file: "live" }
      : { config: (await liveConfig(host, generation)) ?? config, file: "differs" };
  } catch (error) {
    const config = generation && (await liveConfig(host, generation));
    if (!(error instanceof HomeroomError) || config === undefined) throw error;
    return { config, file: "invalid", error: `${error.message}\n${error.remedy}` };
  }
}

async function liveConfig(host: HostReader, generation: Generation): Promise<Config | undefined> {
  const asked = await readKept(host, generation);
  return asked && loadConfig(asked.config, { allowNotYet: true }).config;
}

/** Where people find the hub: by its name where the config has one, else the machine's first address that is not its own loop. */
export function publicAddress({ http, https, baseUrl, subdomainHost }: Config): string {
  if (subdomainHost !== null) return `${subdomainHost}${baseUrl}`;
  const { address, port } = https.enabled ? https : http;
  const [scheme, usual] = https.enabled ? ["https", 443] : ["http", 80];
  const own = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry !== undefined && !entry.internal && entry.family === "IPv4")?.address;
  const name = address === "" || address === "0.0.0.0" || address === "::" ? (own ?? "localhost") : address;
  return `${scheme}://${name.includes(":") ? `[${name}]` : name}${port === usual ? "" : `:${port}`}${baseUrl}`;
}

function inWords(status: Status): string {
  const state = status.healthy
    ? styleText("green", "healthy", { stream: process.stdout })
    : styleText("red", "not healthy", { stream: process.stdout });
  const lines = [
    `${state}  ${status.address}`,
    ...status.problems.flatMap(({ message, remedy }) => [`  ${message}`, `    ${remedy}`]),
    `Homeroom ${status.release ?? "-"}, generation ${status.generation ?? "-"}`,
    serversInWords(status),
    `memory: ${roomInWords(status.memory)}`,
    ...status.disks.map((disk) => `disk ${disk.mount}: ${roomInWords(disk)}`),
  ];
  if (status.file === "differs")
    lines.push(
      `${configPath} or the roster differs from what is live: see \`homeroom config diff\`, then \`sudo homeroom apply\``,
    );
  if (status.error !== undefined)
    lines.push(`Generation ${status.generation} is live. ${status.error.replaceAll("\n", "\n  ")}`);
  if (status.fragments.length > 0) lines.push(fragmentsInWords(status.fragments));
  if (status.unattended !== undefined) lines.push(describeUnattended(status.unattended));
  if (status.certificate !== undefined) {
    const { until, days } = status.certificate;
    lines.push(`certificate: until ${until.slice(0, 10)}, ${days} days`);
  }
  if (status.copy !== undefined) lines.push(copyInWords(status.copy));
  if (status.lastTask !== undefined) {
    lines.push(`last task: ${status.lastTask.command}, ${status.lastTask.state} (${status.lastTask.id})`);
  }
  for (const { unit, next } of status.scheduled.slice(0, 3))
    lines.push(`next: ${unit.replace(".service", "")}, ${next.slice(0, 16).replace("T", " ")} UTC`);
  return lines.join("\n");
}

function copyInWords({ good, error }: CopyRecord): string {
  const last =
    good === undefined
      ? "no copy was made yet"
      : `last copy: ${good.at.slice(0, 16).replace("T", " ")} UTC, ${(good.bytes / 1e6).toFixed(1)} MB`;
  return error === undefined ? last : `${last}; the latest try failed: ${error}`;
}

/** So many people stand in one line. */
const shown = 6;

function serversInWords({ servers, present }: Status): string {
  if (servers === 0) return "nobody is on";
  const names = present.slice(0, shown).map(({ account, memory }) => {
    const used = memory === undefined ? "" : ` (${(memory / 2 ** 20).toFixed(0)} MiB)`;
    return `${account.replace(/^jupyter-/, "")}${used}`;
  });
  const more = servers > shown ? `, and ${servers - shown} more` : "";
  return `${servers} ${servers === 1 ? "notebook server is" : "notebook servers are"} running: ${names.join(", ")}${more}`;
}

function roomInWords({ total, free }: Room): string {
  return `${(free / 2 ** 30).toFixed(1)} GiB of ${(total / 2 ** 30).toFixed(1)} GiB free`;
}
