import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHost } from "../../../installer/host/local-host.ts";
import { accelerator } from "../../../installer/sandbox/accelerator.ts";
import { stateDirectory } from "../../../installer/sandbox/state.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "accelerator-"));
  await mkdir(join(root, stateDirectory), { recursive: true });
  await mkdir(join(root, "dev"));
  await writeFile(join(root, "dev/kvm"), "");
  vi.stubEnv("PATH", `${root}:/usr/bin:/bin`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

/** An emulator that does this instead, and counts how often it was asked. */
async function emulator(does: string): Promise<void> {
  const text = `#!/bin/sh\necho asked >>${root}/asked\n${does}\n`;
  await writeFile(join(root, "qemu-system-x86_64"), text, { mode: 0o755 });
}

test.each([
  ["runs a kernel until it panics", "echo 'Kernel panic - not syncing'", "kvm"],
  // KVM on a processor that the emulator does not know: it fails an assertion.
  ["aborts", "kill -ABRT $$", "tcg"],
  ["is refused", "echo 'failed to initialize kvm' >&2; exit 1", "tcg"],
  ["ends without a word of the kernel", "exit 0", "tcg"],
])("KVM where the emulator %s", async (_words, does, expected) => {
  await emulator(does);
  const host = createHost({ root });
  expect(await accelerator(host, "/kernel")).toBe(expected);
  await emulator("exit 9");
  expect(await accelerator(host, "/kernel"), "kept until the next boot").toBe(expected);
});

test("without KVM nothing is tried", async () => {
  await rm(join(root, "dev/kvm"));
  await emulator("echo 'Kernel panic'");
  const host = createHost({ root });
  expect(await accelerator(host, "/kernel")).toBe("tcg");
  expect(await host.read("/asked")).toBeUndefined();
});
