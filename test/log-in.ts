import type { Machine } from "../installer/sandbox/machine.ts";
import { HubClient } from "./hub-client.ts";
import { admin, adminPassword, shell } from "./installed-machine.ts";

/** Lets students into the class. */
export async function letIn(machine: Machine, ...names: readonly string[]): Promise<void> {
  await shell(machine, `homeroom config add users.allowed ${names.join(" ")}`);
}

/** Somebody with a browser, a fresh one where none is given, who has logged in; @throws Error where the hub does not let them in. */
export async function logIn(
  machine: Machine,
  name: string,
  base = "/",
  client = new HubClient(`${machine.url}${base}`),
): Promise<HubClient> {
  const answer = await client.login(name, passwordOf(name));
  if (await client.isLoggedIn()) return client;
  throw new Error(
    `${name} was not let in: ${answer.status} ${answer.url.pathname} ${answer.body.slice(0, 500)}`,
  );
}

/** Somebody who has logged in and whose server answers. */
export async function atWork(machine: Machine, name: string): Promise<HubClient> {
  const client = await logIn(machine, name);
  await client.startServer(name);
  return client;
}

/** The password that somebody of the tests has, or sets at their first login. */
function passwordOf(name: string): string {
  return name === admin ? adminPassword : `password-of-${name}`;
}
