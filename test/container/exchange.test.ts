import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { HubClient } from "../hub-client.ts";
import { bootstrap, installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn, logIn } from "../log-in.ts";
import { testImages } from "../machine.ts";
import { serveNextRelease } from "../next-release.ts";
import { unnoticedBy } from "../unnoticed-by.ts";

describe.each(testImages)("while alice computes on %s", (image) => {
  let machine: Machine;
  let alice: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "exchange" });
    await letIn(machine, "alice", "bob");
    alice = await atWork(machine, "alice");
  });
  afterAll(async () => {
    await machine?.down();
  });

  const unnoticed = (act: () => Promise<unknown>) => unnoticedBy(machine, alice, "alice", act);

  async function processOf(unit: string): Promise<string> {
    return shell(machine, `systemctl show -P MainPID -P ActiveState ${unit}`);
  }

  test("a changed limit reaches the running server and restarts nothing", async () => {
    const units = "homeroom-hub homeroom-proxy@a homeroom-culler homeroom-user@alice";
    const started = () => shell(machine, `systemctl show -p Id -p InvocationID -p MainPID ${units}`);
    const before = await started();
    await unnoticed(() => shell(machine, "homeroom config set limits.memory=768M limits.cpu=1.5"));
    const slice = "homeroom-users-alice.slice";
    expect(await shell(machine, `systemctl show -P MemoryMax ${slice}`)).toBe(`${768 * 1024 ** 2}\n`);
    expect(await shell(machine, `systemctl show -P CPUQuotaPerSecUSec ${slice}`)).toBe("1.500000s\n");
    expect(await started()).toBe(before);
  });

  test("a setting of the hub is changed, which restarts it", async () => {
    const before = await processOf("homeroom-hub");
    const setting = "auth.FirstUseAuthenticator.min_password_length";
    await unnoticed(() => shell(machine, `homeroom config set ${setting}=30 --yes`));
    expect(await processOf("homeroom-hub")).not.toBe(before);
    // Whoever sets a first password meets the new setting.
    await expect(logIn(machine, "bob")).rejects.toThrow("was not let in");
    await unnoticed(() => shell(machine, `homeroom config unset ${setting} --yes`));
    await logIn(machine, "bob");
  });

  test("the hub is restarted twice", async () => {
    const before = await processOf("homeroom-hub");
    const restart = "systemctl restart homeroom-hub";
    await unnoticed(() => shell(machine, `${restart} && ${restart}`));
    expect(await processOf("homeroom-hub")).not.toBe(before);
  });

  test("a release with another proxy is installed: the proxies are exchanged, twice", async () => {
    const serving = () => shell(machine, "systemctl is-active homeroom-proxy@a homeroom-proxy@b", [0, 3]);
    expect(await serving()).toBe("active\ninactive\n");
    const seen: string[] = [];
    for (const version of ["0.1.1", "0.1.2"]) {
      await using registry = await serveNextRelease(version, (directory) =>
        appendFile(join(directory, "dist/homeroom-proxy.mjs"), `\n// ${version}\n`),
      );
      await unnoticed(() => bootstrap(machine, registry));
      await expect.poll(serving, { timeout: 20_000 }).toContain("inactive");
      seen.push(await serving());
    }
    expect(seen).toEqual(["inactive\nactive\n", "active\ninactive\n"]);
    expect(await shell(machine, "homeroom version")).toContain("0.1.2");
  });
});
