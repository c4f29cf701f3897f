import { readFileSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { answerFirst, type Answer } from "../proxy/answer-first.ts";

export interface ProgressPageOptions {
  /** The steps, a JSON list of `ShownStep`, replaced atomically by the installer; it removes the file when the hub answers. */
  steps: string;
  /** The page, an HTML file. */
  page: string;
}

/** A step as the page shows it: a name and a state, never a log line or a secret. */
export interface ShownStep {
  name: string;
  state: "queued" | "started" | "completed" | "error" | "undone";
  seconds?: number;
}

/**
 * The page that the front door shows while Homeroom is being installed, in the place of a hub that isn't there yet.
 * Undefined where no installation shows its steps when this is called, so that a proxy in everyday use asks nothing.
 * The proxy that serves it goes on to serve the hub: no port changes hands, so no visitor meets a closed one.
 */
export function createProgressPage({ steps, page }: ProgressPageOptions): Answer | undefined {
  if (!exists(steps)) return undefined;
  const [before = "", after = ""] = readFileSync(page, "utf8").split("<!-- steps -->");
  let done = false;

  return (request, response) => {
    const shown = done ? undefined : readSteps(steps);
    if (shown === undefined) {
      done = true;
      return false;
    }
    const path = request.url?.split("?")[0];
    const asksSteps = path === "/homeroom-progress.json";
    // Whoever asks for a part of the hub (a health check, say) must not take this for it.
    response.writeHead(asksSteps || path === "/" ? 200 : 503, {
      "content-type": asksSteps ? "application/json" : "text/html; charset=utf-8",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
      "cache-control": "no-store",
      "retry-after": "3",
      "homeroom-progress": "1",
      connection: "close",
    });
    response.end(asksSteps ? JSON.stringify(shown) : before + shown.map(listItem).join("") + after);
    return true;
  };
}

/** Puts the page before whatever a server answers requests with; nothing where no installation shows its steps. */
export function showProgress(server: Server, options: ProgressPageOptions): void {
  const page = createProgressPage(options);
  if (page !== undefined) answerFirst(server, page);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Only what the page shows goes out, whatever else a step may hold. */
function readSteps(path: string): ShownStep[] | undefined {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as ShownStep[]).map(({ name, state, seconds }) => ({
      name,
      state,
      ...(seconds === undefined ? {} : { seconds }),
    }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return [];
  }
}

/** For readers without scripts. */
function listItem({ name, state, seconds }: ShownStep): string {
  const time = seconds === undefined ? state : `${seconds.toFixed(1)} s`;
  return `<li data-state="${escapeHtml(state)}"><span>${escapeHtml(name)}</span><time>${escapeHtml(time)}</time></li>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
