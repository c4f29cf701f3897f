import type { HubClient } from "./hub-client.ts";

/**
 * What a person types into a new terminal of JupyterLab: one command line.
 * @returns what the terminal showed, when the command has ended
 * @throws Error with the same where it failed or took longer than `timeoutMs`
 */
export async function typeIntoTerminal(
  client: HubClient,
  name: string,
  line: string,
  timeoutMs = 120_000,
): Promise<string> {
  const made = await client.api(`user/${name}/api/terminals`, { method: "POST" });
  if (made.status !== 200) throw new Error(`no terminal: ${made.status} ${made.body.slice(0, 500)}`);
  const terminal = (JSON.parse(made.body) as { name: string }).name;
  const socket = await client.socket(`user/${name}/terminals/websocket/${terminal}`);
  try {
    return await answer(socket, line, timeoutMs);
  } finally {
    socket.close();
    await client.api(`user/${name}/api/terminals/${terminal}`, { method: "DELETE" });
  }
}

function answer(socket: WebSocket, line: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let shown = "";
    const timer = setTimeout(() => reject(new Error(`\`${line}\` has not ended: ${shown}`)), timeoutMs);
    socket.addEventListener("message", (event: MessageEvent) => {
      const [kind, text] = JSON.parse(String(event.data)) as [string, string];
      if (kind !== "stdout") return;
      shown += text;
      const ended = /ended-with-(?<code>\d+)-/.exec(shown);
      if (ended === null) return;
      clearTimeout(timer);
      if (ended.groups?.["code"] === "0") resolve(shown);
      else reject(new Error(`\`${line}\` failed: ${shown}`));
    });
    // The terminal shows what is typed too; the number tells the answer from it.
    socket.send(JSON.stringify(["stdin", `${line}; echo ended-with-$?-\r`]));
  });
}
