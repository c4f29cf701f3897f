import type { HostReader } from "../host/host.ts";

const dayMs = 24 * 60 * 60_000;

/** When accounts expire, in days since 1970, by name: the eighth field of shadow(5). Others never do. */
export async function readExpiries(host: HostReader): Promise<Map<string, number>> {
  const shadow = (await host.read("/etc/shadow"))?.toString("utf8") ?? "";
  const expiries = new Map<string, number>();
  for (const line of shadow.split("\n")) {
    const [name = "", , , , , , , expires = ""] = line.split(":");
    if (expires !== "") expiries.set(name, Number(expires));
  }
  return expiries;
}

/** Whether the day on which an account expires has come. */
export function isExpired(expiries: ReadonlyMap<string, number>, name: string): boolean {
  return (expiries.get(name) ?? Infinity) <= Date.now() / dayMs;
}
