import { beginRun, removeInstalled } from "./installed-name.ts";

/** For vitest's globalSetup: around a run of the tests that start from an installed machine. */
export async function setup(): Promise<void> {
  beginRun();
  await removeInstalled();
}

export async function teardown(): Promise<void> {
  await removeInstalled();
}
