import { setTimeout as sleep } from "node:timers/promises";
import type { HubClient } from "../hub-client.ts";

const patienceMs = 180_000;

/**
 * What a browser does from the login form's POST until the person's own server answers as them: it follows the
 * redirects, listens to the page's progress events where it has to wait, then opens JupyterLab. Answers the seconds.
 * @throws Error where the hub refuses the password, or the server has not come up after three minutes.
 */
export async function logInToServer(client: HubClient, name: string): Promise<number> {
  const xsrf = await client.openLogin();
  const began = performance.now();
  const { url } = await client.submitLogin(xsrf, name, `password-of-${name}`);
  if (url.pathname.endsWith("/hub/login")) throw new Error(`the hub did not let ${name} in`);
  for (;;) {
    const page = await client.get(`user/${name}/lab`);
    if (page.status === 200 && page.url.pathname.endsWith(`/user/${name}/lab`)) break;
    if (performance.now() - began > patienceMs) {
      throw new Error(`no server for ${name}: ${page.status} ${page.url.pathname}`);
    }
    // Ends when the server is ready; where there is none yet it says so at once.
    const progress = await client.api(`hub/api/users/${name}/server/progress`, { method: "GET" });
    if (progress.status !== 200) await sleep(20);
  }
  const { status } = await client.get(`user/${name}/api/status`);
  const seconds = (performance.now() - began) / 1000;
  if (status !== 200) throw new Error(`the server of ${name} answered ${status}`);
  return seconds;
}

/** Stops a person's server through the hub and waits until it is gone. */
export async function stopServer(client: HubClient, name: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const { status, body } = await client.api(`hub/api/users/${name}/server`, { method: "DELETE" });
    // 204: stopped; 202: stopping; 400: it was not running.
    if (status === 204 || (status === 400 && body.includes("not running"))) return;
    if (status !== 202 && status !== 400) throw new Error(`stopping ${name}'s server: ${status} ${body}`);
    await sleep(100);
  }
  throw new Error(`the server of ${name} did not stop`);
}
