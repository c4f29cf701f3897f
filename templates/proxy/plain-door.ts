import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** The front door without encryption where there is one with it: sends everybody to the same page there. */
export function plainDoor(httpsPort: number): Server {
  return createServer((request, response) => redirect(request, response, httpsPort));
}

function redirect({ headers, url = "/" }: IncomingMessage, response: ServerResponse, port: number): void {
  const host = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?$/i.exec(headers.host ?? "")?.[1];
  if (host === undefined || !url.startsWith("/")) {
    response.writeHead(400).end();
    return;
  }
  const location = `https://${host}${port === 443 ? "" : `:${port}`}${url}`;
  // Not for ever: a browser would remember it after HTTPS was switched off again.
  response.writeHead(307, { location, "content-length": 0 }).end();
}
