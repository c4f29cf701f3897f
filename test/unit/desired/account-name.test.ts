import * as fc from "fast-check";
import { expect, test } from "vitest";
import { accountName, instanceOf } from "../../../installer/desired/account-name.ts";
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
