import type { Machine } from "../installer/sandbox/machine.ts";
import { Kernel, type HubClient } from "./hub-client.ts";
import { logIn } from "./log-in.ts";

/** Milliseconds; an emulated machine takes its time. */
const slow = 10 * 60_000;

/** Somebody with a server, and in it a notebook that is open with its kernel, as JupyterLab opens one. */
export async function openNotebook(
  machine: Machine,
  name: string,
  path: string,
): Promise<{ client: HubClient; kernel: Kernel }> {
  const client = await logIn(machine, name);
  await client.startServer(name, slow);
  const body = JSON.stringify({ path, name: path, type: "notebook", kernel: { name: "python3" } });
  const made = await client.api(`user/${name}/api/sessions`, { method: "POST", body });
  if (made.status !== 201) throw new Error(`no session: ${made.status} ${made.body.slice(0, 500)}`);
  const session = JSON.parse(made.body) as { id: string; kernel: { id: string } };
  const socket = await client.socket(`user/${name}/api/kernels/${session.kernel.id}/channels`);
  const kernel = new Kernel(socket, async () => {
    await client.api(`user/${name}/api/sessions/${session.id}`, { method: "DELETE" });
  });
  await kernel.run("None", slow);
  return { client, kernel };
}
