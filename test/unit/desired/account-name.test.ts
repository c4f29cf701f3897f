import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  accountName,
  instanceOf,
  plainNameOf,
  sharedAccount,
} from "../../../installer/desired/account-name.ts";
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

/** Names as people have them, and such as try to look like what the rule makes. */
const hubNames = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  fc.stringMatching(/^[a-z0-9_.@+-]{1,40}$/),
  fc.stringMatching(/^[a-z]{1,4}[ä/%]{0,1}[a-z-]{0,14}$/),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).map((name) => instanceOf(accountName(name))),
);

test("an account's name is one that Linux and systemd take, and no directory by another name", () => {
  fc.assert(
    fc.property(hubNames, (name) => {
      expect(accountName(name)).toMatch(/^jupyter-(?!\.{1,2}$)[a-z0-9_.@+-]{1,24}$/);
      expect(escapeUnitPart(instanceOf(accountName(name)))).toMatch(/^[a-z0-9_.\\]+$/);
    }),
  );
});

test("two people share an account only by 20 bits of a hash of names that begin alike", () => {
  fc.assert(
    fc.property(hubNames, hubNames, (one, other) => {
      const same = accountName(one) === accountName(other);
      const alike = one.length > 17 && other.length > 17 && one.slice(0, 18) === other.slice(0, 18);
      expect(one === other || !same || alike).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("an account tells its name, or is one that others could share, and nobody else has an account that tells a name", () => {
  fc.assert(
    fc.property(hubNames, hubNames, (one, other) => {
      const [account, shared] = [accountName(one), sharedAccount(one)];
      expect([plainNameOf(account), shared]).toEqual(
        shared === undefined ? [one, undefined] : [undefined, account],
      );
      expect(shared === undefined && one !== other && accountName(other) === account).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("no name can be chosen so that it gets the account of one that is shortened or made safe", () => {
  fc.assert(
    fc.property(hubNames, (name) => {
      const instance = instanceOf(accountName(name));
      expect(instance === name || accountName(instance) !== accountName(name)).toBe(true);
    }),
  );
});
