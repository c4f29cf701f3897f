import type { Host, HostReader } from "../host/host.ts";
import { readAccounts } from "./accounts-file.ts";
import type { ResourceKind } from "./resource.ts";

export interface GroupState {
  exists: true;
}

/** A group of people; its id is the name. Who is in it is a `membership` each. */
export const group: ResourceKind<GroupState> = {
  kind: "group",
  exclusive: "accounts",
  read: readGroup,
  write: (host, id, state) => writeGroup(host, id, state, []),
  describe: ({ id, after }) => ({
    words: `${after === undefined ? "remove" : "make"} group ${id}`,
    affects: { who: "nobody" },
  }),
};

/** A group of services or of rights; its id is the name. Like a service's account it stays once it is made. */
export const systemGroup: ResourceKind<GroupState> = {
  ...group,
  kind: "system-group",
  inert: true,
  write: (host, id, state) => writeGroup(host, id, state, ["--system"]),
};

async function readGroup(host: HostReader, id: string): Promise<GroupState | undefined> {
  return (await readAccounts(host)).groups.has(id) ? { exists: true } : undefined;
}

async function writeGroup(
  host: Host,
  id: string,
  state: GroupState | undefined,
  options: readonly string[],
): Promise<void> {
  const there = (await readAccounts(host)).groups.has(id);
  if (state === undefined && there) await host.run(["groupdel", "--", id]);
  if (state !== undefined && !there) await host.run(["groupadd", ...options, "--", id]);
}
