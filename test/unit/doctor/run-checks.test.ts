import { expect, test } from "vitest";
import { error, type Check, type Subject } from "../../../installer/doctor/check.ts";
import { repair, runChecks } from "../../../installer/doctor/run-checks.ts";
import { HomeroomError } from "../../../installer/errors.ts";
import { FakeHost } from "../../fake-host.ts";

const nothing = {} as Subject;
const base = { title: "The thing", area: "machine" } as const;

function bad(id: string, fix: Check["fix"]): Check {
  return {
    ...base,
    id,
    examine: async () => [error(`${id} is broken.`, "Mend it.", id)],
    ...(fix === undefined ? {} : { fix }),
  };
}

test("a check that cannot be carried out is a finding of its own and stops no other", async () => {
  const failing: Check = {
    ...base,
    id: "failing",
    examine: () => Promise.reject(new HomeroomError("There is no df.", { remedy: "Install it." })),
  };
  const examined = await runChecks([failing, bad("other", undefined)], nothing);
  expect(examined.map(({ findings }) => findings)).toEqual([
    [
      {
        severity: "warning",
        message: "The thing could not be checked: There is no df. Install it.",
        remedy: expect.any(String),
      },
    ],
    [error("other is broken.", "Mend it.", "other")],
  ]);
});

test("repairs go in order, one failing stops no other, and an apply comes last and once", async () => {
  const done: string[] = [];
  const own = (id: string, apply?: true): Check =>
    bad(id, {
      async repair(_host, { about }) {
        if (about === "second") throw new HomeroomError("It does not help.", { remedy: "Ask." });
        done.push(`repair ${about}`);
      },
      ...(apply === undefined ? {} : { apply }),
    });
  const checks = [own("first", true), own("second"), bad("third", { apply: true }), bad("fourth", undefined)];
  const examined = await runChecks(checks, nothing);
  const failures = await repair(new FakeHost(), examined, async () => void done.push("apply"));
  expect(done).toEqual(["repair first", "apply"]);
  expect([...failures]).toEqual([["second", "It does not help. Ask."]]);
});

test("nothing is repaired or applied where nothing is wrong", async () => {
  const well: Check = { ...base, id: "well", examine: async () => [], fix: { apply: true } };
  const failures = await repair(new FakeHost(), await runChecks([well], nothing), () => {
    throw new Error("applied");
  });
  expect(failures.size).toBe(0);
});
