import type { HubClient } from "../hub-client.ts";

/** What a person does in JupyterLab: makes a notebook, runs its cell in a kernel, saves it, shuts the kernel down. */
export async function runNotebook(client: HubClient, name: string): Promise<void> {
  const path = `user/${name}/api/contents/bench.ipynb`;
  await save(client, path, []);
  const answer = await client.run(name, "5*4");
  if (answer !== "20") throw new Error(`${name}'s kernel answered ${answer}`);
  const data = { "text/plain": [answer] };
  await save(client, path, [{ output_type: "execute_result", execution_count: 1, metadata: {}, data }]);
}

async function save(client: HubClient, path: string, outputs: readonly object[]): Promise<void> {
  const cell = { cell_type: "code", id: "c1", metadata: {}, execution_count: 1, source: ["5*4"], outputs };
  const content = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] };
  const body = JSON.stringify({ type: "notebook", format: "json", content });
  const { status } = await client.api(path, { method: "PUT", body });
  if (status !== 200 && status !== 201) throw new Error(`saving ${path}: ${status}`);
}
