import type { IncomingMessage, Server, ServerResponse } from "node:http";

/** Answers a request and returns true, or leaves it to whoever comes next. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Puts an answer before whatever a server answers requests with. */
export function answerFirst(server: Server, answer: Answer): void {
  const others = server.listeners("request") as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!answer(request, response)) for (const other of others) other.call(server, request, response);
  });
}
