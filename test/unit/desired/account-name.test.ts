import * as fc from "fast-check";
import { expect, test } from "vitest";
import { accountName, instanceOf } from "../../../installer/desired/account-name.ts";
import { classMemory } from "../../../installer/desired/class-memory.ts";
import { escapeUnitPart } from "../../../installer/systemd/unit-escape.ts";
import vectors from "../../python/account-names.json" with { type: "json" };

test.each(vectors)(
  "$name has the account that the hub's Python gives it",
  ({ name, account, instance, unit }) => {
    expect(accountName(name)).toBe(account);
    expect(instanceOf(account)).toBe(instance);
    expect(`homeroom-user@${escapeUnitPart(instance)}.service`).toBe(unit);
  },
);

test("an account's name is one that Linux takes, whatever the hub calls a person", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (name) => {
      expect(accountName(name)).toMatch(/^jupyter-[a-z0-9_.@+-]{0,24}$/);
    }),
  );
});

test("two people never share an account by the way they are written", () => {
  const names = ["anna", "Anna", "ANNA", "änna", "anna ", "an/na", "an_na", "a".repeat(40), "a".repeat(41)];
  expect(new Set(names.map(accountName)).size).toBe(names.length);
});

test.each([
  [512, 256],
  [1024, 640],
  [4096, 3584],
  [16_384, 14_336],
  [262_144, 260_096],
])("of %i MiB all servers together get %i", (machine, servers) => {
  expect(classMemory(machine * 1024 ** 2)).toBe(servers * 1024 ** 2);
});
