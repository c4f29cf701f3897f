import { hostname } from "node:os";
import type { Config } from "../../../config/config.ts";
import type { Host } from "../../host/host.ts";
import { postJson } from "../../host/post-json.ts";

export interface Message {
  healthy: boolean;
  problems: readonly { message: string; remedy: string }[];
  /** A test, so nobody runs. */
  isTest?: true;
}

/**
 * Tells everybody who wants to be told; one way that fails keeps no other from it.
 * @returns what failed, a way each, in words without the address
 */
export async function tell(
  host: Host,
  { webhook, command }: Config["alerts"],
  message: Message,
): Promise<string[]> {
  const text = inWords(message);
  const ways: [string, () => Promise<unknown>][] = [];
  if (webhook !== null) {
    const { healthy, problems } = message;
    ways.push(["webhook", () => postJson(webhook, { text, machine: hostname(), healthy, problems })]);
  }
  if (command !== null) {
    ways.push(["command", () => host.run(["/bin/sh", "-c", command], { input: text, timeoutMs: 60_000 })]);
  }
  const results = await Promise.allSettled(ways.map(([, send]) => send()));
  return results.flatMap((result, index) =>
    result.status === "fulfilled" ? [] : [`alerts.${ways[index]?.[0]} failed: ${reasonOf(result.reason)}`],
  );
}

function reasonOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  // fetch says no more than "fetch failed" itself
  return reason.cause instanceof Error ? `${reason.message} (${reason.cause.message})` : reason.message;
}

function inWords({ healthy, problems, isTest }: Message): string {
  const machine = hostname();
  if (isTest) return `This is a test from the hub on ${machine}: alerts arrive.\n`;
  if (healthy) return `The hub on ${machine} is well again.\n`;
  const lines = problems.map(({ message, remedy }) => `${message}\n  ${remedy}`);
  return `The hub on ${machine} needs you.\n${lines.join("\n")}\n`;
}
