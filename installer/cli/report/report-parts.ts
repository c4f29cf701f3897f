import { hostname } from "node:os";
import { maskText } from "../../../config/secrets.ts";
import { parse } from "../../../config/parse.ts";
import { listTasks } from "../../apply/journal.ts";
import { HomeroomError } from "../../errors.ts";
import type { Host, HostReader } from "../../host/host.ts";
import { readAccounts } from "../../resources/accounts-file.ts";
import { readFacts } from "../../resources/facts.ts";
import { examine } from "../doctor.ts";
import { maskSecretsIn } from "../mask-line.ts";
import { readConfig, configPath } from "../read-config.ts";
import { readRelease } from "../read-release.ts";
import { readStatus } from "../status.ts";
import { readTaskLogs } from "../task-log-lines.ts";
import { namedPeople } from "../users/known-people.ts";
import { hideNames } from "./hide-names.ts";

/** One file of the archive. */
export interface ReportPart {
  name: string;
  /** What it is, for the list that is shown before anything is written. */
  about: string;
  text: string;
}

/** So many of the last lines of a log go along. */
const logLines = 5_000;

/** Everything that somebody who helps would ask for; no secret is in it, and no name of a person or the machine. */
export async function readParts(host: Host): Promise<ReportPart[]> {
  const hide = hideNames(await peopleOf(host), hostname());
  const parts = await Promise.all([
    part("about.json", "versions, memory, processors", async () =>
      json({ release: (await readRelease()).version, facts: await readFacts(host) }),
    ),
    part("status.json", "what `homeroom status` says", async () => json(await readStatus(host))),
    part("doctor.json", "what `homeroom doctor` finds", async () => json(await examine(host))),
    part("tasks.json", "what was changed, when", async () => json(await listTasks(host))),
    part("config.yaml", "the config without its secrets", () => configText(host)),
    part("units.txt", "the services and their states", () =>
      said(host, ["systemctl", "list-units", "--all", "--no-pager", "--plain", "homeroom*"]),
    ),
    part("failed.txt", "units of the machine that failed", () =>
      said(host, ["systemctl", "--failed", "--no-pager", "--plain"]),
    ),
    part("disks.txt", "disks and their room", () => said(host, ["df", "--human-readable", "--print-type"])),
    part("packages.txt", "Debian's packages that matter here", () =>
      said(host, [
        "dpkg-query",
        "--show",
        "systemd",
        "dbus",
        "polkitd",
        "sudo",
        "git",
        "python3",
        "libatomic1",
      ]),
    ),
    part("journal.txt", "what the services said in the last day", () =>
      said(host, [
        "journalctl",
        "--no-pager",
        "--quiet",
        "--since=-1d",
        `--lines=${logLines}`,
        "--unit=homeroom*",
      ]),
    ),
    part("installer.txt", "what install and apply wrote", async () =>
      (await readTaskLogs(host))
        .slice(-logLines)
        .map(({ time, text }) => `${new Date(time).toISOString()} ${text}`)
        .join("\n"),
    ),
  ]);
  return parts.map(({ text, ...rest }) => ({
    ...rest,
    text: hide(text.split("\n").map(maskSecretsIn).join("\n")),
  }));
}

/** A part that cannot be read says why in its own place: a report is for machines that are not well. */
async function part(name: string, about: string, read: () => Promise<string>): Promise<ReportPart> {
  try {
    return { name, about, text: await read() };
  } catch (reason) {
    const words = reason instanceof HomeroomError ? `${reason.message} ${reason.remedy}` : String(reason);
    return { name, about, text: `could not be read: ${words}\n` };
  }
}

async function configText(host: HostReader): Promise<string> {
  const text = (await host.read(configPath))?.toString("utf8") ?? "";
  return maskText(text, parse(text).root);
}

async function said(host: HostReader, argv: readonly string[]): Promise<string> {
  return (await host.query(argv, { okCodes: [0, 1, 3], timeoutMs: 60_000 })).stdout;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Everybody whose name could stand in a log: by config and roster, and by account. */
async function peopleOf(host: HostReader): Promise<string[][]> {
  const { users } = await readAccounts(host);
  const accounts = [...users.keys()].filter((name) => name.startsWith("jupyter-"));
  const named = await readConfig(host).then(
    ({ config }) => [...namedPeople(config)],
    () => [],
  );
  const names = new Set([...named, ...accounts.map((account) => account.slice("jupyter-".length))]);
  return [...names].toSorted().map((name) => [name]);
}
