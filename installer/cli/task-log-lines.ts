import type { HostReader } from "../host/host.ts";

/** One line of a log, with its time. */
export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  text: string;
}

const folder = "/var/log/homeroom";

/** What tasks (install, apply, upgrade) wrote, of all their files, oldest first. */
export async function readTaskLogs(host: HostReader): Promise<LogLine[]> {
  const names = (await host.list(folder)).filter((name) => name.endsWith(".log"));
  const lines = await Promise.all(
    names.map(async (name) => {
      const text = (await host.read(`${folder}/${name}`))?.toString("utf8") ?? "";
      return text.split("\n").flatMap((line) => lineOf(name.replace(/\.log$/, ""), line));
    }),
  );
  return lines.flat().toSorted((a, b) => a.time - b.time);
}

/** A line as pino writes it; half a line, from a power cut, is left out. */
function lineOf(command: string, line: string): LogLine[] {
  try {
    const { time, msg, step, state, phase, ms } = JSON.parse(line) as Record<
      string,
      string | number | undefined
    >;
    const took = ms === undefined ? "" : ` (${ms} ms)`;
    const words = [step, state, phase, msg].filter((word) => word !== undefined).join(" ");
    return [{ time: Date.parse(String(time)), text: `homeroom-${command}: ${words}${took}` }];
  } catch {
    return [];
  }
}
