import { HomeroomError } from "../installer/errors.ts";
import { up, type Machine, type UpOptions } from "../installer/sandbox/machine.ts";
import type { MachineImage } from "../installer/sandbox/state.ts";

/**
 * The images that the container and vm tiers run on: `describe.each(testImages)`. HOMEROOM_TEST_IMAGES names them
 * ("trixie" or "bookworm,trixie"); both where it doesn't.
 */
export const testImages: readonly MachineImage[] = (process.env["HOMEROOM_TEST_IMAGES"] ?? "bookworm,trixie")
  .split(",")
  .map((name) => {
    if (name !== "bookworm" && name !== "trixie")
      throw new Error(`HOMEROOM_TEST_IMAGES has no image ${name}`);
    return name;
  });

/**
 * A machine for one test, under a name of its own. Say it with `await using`, and it goes with the block:
 *
 *     await using machine = await testMachine("accounts", { image });
 *     await machine.copyIn("build/release", "/root/release");
 *     const { stdout } = await machine.exec(["homeroom", "status", "--json"]);
 *     const page = await fetch(`${machine.url}/hub/login`);
 *
 * For a whole file make it in `beforeAll` (time-out: 120 s for containers, 600 s for virtual machines) and call
 * `machine.down()` in `afterAll`. What a killed run leaves, `homeroom sandbox down --all` takes away.
 */
export async function testMachine(purpose: string, options: Omit<UpOptions, "name"> = {}): Promise<Machine> {
  const unique = `${process.pid.toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  return await up({ ...options, name: `t-${purpose}-${unique}` });
}

/** A failed command's last words belong into the message: the test runner prints nothing else of an error. */
export async function withLastWords<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    throw new Error(`${error.message}\n${error.remedy}`, { cause: error });
  }
}
