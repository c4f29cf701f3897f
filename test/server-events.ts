import type { HubClient } from "./hub-client.ts";

/** What a server told its person by itself, and when it was heard here (milliseconds since 1970). */
export interface Told {
  at: number;
  message: string;
  advice: string;
  ended: number;
  limit: number | null;
}

/** Listens to the events of somebody's server as JupyterLab does (jupyter_server's events, over a websocket). */
export class ServerEvents {
  readonly heard: Told[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", (event: MessageEvent) => {
      const { schema_id: schema, ...told } = JSON.parse(String(event.data)) as Told & { schema_id: string };
      if (schema === "https://events.homeroom.invalid/memory") this.heard.push({ ...told, at: Date.now() });
    });
  }

  static async of(client: HubClient, name: string): Promise<ServerEvents> {
    return new ServerEvents(await client.socket(`user/${name}/api/events/subscribe`));
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
