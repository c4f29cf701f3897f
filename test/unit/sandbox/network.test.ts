import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createHost } from "../../../installer/host/local-host.ts";
import { claimNetwork, gatewayAddress, machineAddress } from "../../../installer/sandbox/network.ts";

const asNumber = (address: string) => address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);

test("every machine has two addresses of a /30 that is its own", () => {
  const number = fc.integer({ min: 0, max: 16_383 });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const own = (number: number) => ({ mode: "own", prefix: "10.213", number }) as const;
      const block = (address: string) => asNumber(address) >>> 2;
      expect(asNumber(gatewayAddress(own(a))) & 3).toBe(1);
      expect(asNumber(machineAddress(own(a))) & 3).toBe(2);
      expect(block(gatewayAddress(own(a)))).toBe(block(machineAddress(own(a))));
      expect(block(machineAddress(own(a))) === block(machineAddress(own(b)))).toBe(a === b);
      expect(machineAddress(own(a))).toMatch(
        /^10\.213\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/,
      );
    }),
  );
});

test("machines that are made at the same time get different networks", async () => {
  const root = await mkdtemp(join(tmpdir(), "sandbox-networks-"));
  try {
    await mkdir(join(root, "var/lib/homeroom-sandbox/networks"), { recursive: true });
    const host = createHost({ root });
    const claims = await Promise.all(
      ["a", "b", "c", "d"].map(async (name) => await claimNetwork(host, name, undefined)),
    );
    expect(new Set(claims.map(({ number }) => number)).size).toBe(4);
    expect(await host.readLink(`/var/lib/homeroom-sandbox/networks/${claims[2]?.number}`)).toBe("c");
  } finally {
    await rm(root, { recursive: true });
  }
});
