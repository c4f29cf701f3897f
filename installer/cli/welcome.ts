import type { Applied } from "./apply-situation.ts";
import { narrate } from "./context.ts";
import { publicAddress } from "./status.ts";
import { logPath } from "./task-log.ts";

/** The last words of an install: where the hub is, who logs in, and what to type next. */
export function showWelcome({ situation, milliseconds }: Applied, password: string | undefined): void {
  const { config } = situation.read;
  const admins = config.users.admin;
  const lines = [
    `Done in ${(milliseconds / 1000).toFixed(1)} s. The hub is at  ${publicAddress(config)}`,
    "",
    `Admin     ${admins.join(", ") || "nobody yet: users.admin in the config"}`,
    ...(password === undefined ? [] : [`Password  ${password}   (shown only now)`]),
    `Log       ${logPath("install")}`,
    "",
    "Next",
    "  sudo homeroom config add users.allowed alice   let somebody in",
    "  sudo homeroom status                           is everything well",
    "  sudo homeroom config reference                 every setting",
  ];
  for (const line of boxed(lines)) narrate(line);
}

function boxed(lines: readonly string[]): string[] {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = "─".repeat(width + 2);
  return [`┌${edge}┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└${edge}┘`];
}
