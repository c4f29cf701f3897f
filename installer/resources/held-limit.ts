import type { ResourceKind } from "./resource.ts";

export interface HeldLimit {
  /** Bytes that hold until the server's next start; null is no limit. */
  until: number | null;
  /** Bytes from then on. */
  next: number;
}

/**
 * A lower memory limit that waits for the server's next start, because now more is in use; its id is the person's
 * slice. A drop-in in /run keeps the old limit whenever systemd reads its units again, and holds the new one, which
 * homeroom-limits@.service sets before the next start. A reboot ends it: nothing runs then.
 */
export const heldLimit: ResourceKind<HeldLimit> = {
  kind: "held-limit",
  async read(host, id) {
    const text = (await host.read(pathOf(id)))?.toString("utf8");
    const [, until, next] = /^MemoryMax=(\d+|infinity)\nX-Next=(\d+)$/m.exec(text ?? "") ?? [];
    if (next === undefined) return undefined;
    return { until: until === "infinity" ? null : Number(until), next: Number(next) };
  },
  async write(host, id, state) {
    if (state === undefined) return host.remove(pathOf(id));
    const root = { uid: 0, gid: 0 };
    await host.makeDirectory(folderOf(id), { mode: 0o755, ...root });
    const text = `[Slice]\nMemoryMax=${state.until ?? "infinity"}\nX-Next=${state.next}\n`;
    await host.write(pathOf(id), text, { mode: 0o644, ...root });
  },
  describe: ({ id, after }) => ({
    words:
      after === undefined
        ? `no longer hold back the memory limit of ${id}`
        : `hold back the lower memory limit of ${id}, which uses more, until its next start`,
    affects: { who: "nobody" },
  }),
};

function folderOf(slice: string): string {
  return `/run/systemd/system/${slice}.d`;
}

function pathOf(slice: string): string {
  return `${folderOf(slice)}/70-homeroom-until-next-start.conf`;
}
