import { describe, expect, test } from "vitest";
import { loadRoster } from "../../../../config/roster/load-roster.ts";
import { withRoster } from "../../../../config/roster/people.ts";
import { accountName } from "../../../../installer/desired/account-name.ts";
import { configFrom } from "../config-from.ts";
import { twins } from "./twins.ts";

const header = "username,name,email,id,groups,role,status\n";
/** "line:column code" of every problem. */
const problems = (text: string, config = "") =>
  loadRoster(text, { config: configFrom(config), accountOf: accountName }).problems.map(
    ({ line, column, code }) => `${line}:${column} ${code}`,
  );

test("people are read with what is known of them, and defaults for the rest", () => {
  const text = `${header}Alice,Alice Liddell,alice@school.org,17,choir; Band,,\nboss,,,,,Admin,\nmallory,,,,,,banned\n`;
  expect(loadRoster(text).entries).toEqual([
    {
      username: "alice",
      name: "Alice Liddell",
      email: "alice@school.org",
      id: "17",
      groups: ["choir", "band"],
      role: "student",
      banned: false,
      imported: [],
    },
    expect.objectContaining({ username: "boss", role: "admin" }),
    expect.objectContaining({ username: "mallory", banned: true }),
  ]);
});

test("one column is enough, in any place, among notes of one's own", () => {
  const { entries } = loadRoster("x-seat;username\n3;bob\n\n;\n");
  expect(entries?.map(({ username }) => username)).toEqual(["bob"]);
});

test("an empty file and a missing one are a class without people", () => {
  expect(loadRoster("").entries).toEqual([]);
  expect(loadRoster(header).entries).toEqual([]);
});

describe("a problem is told with its line and column", () => {
  test.each([
    ["no column of user names", "user,name\nalice,A\n", ["1:1 unknown-column", "1:1 no-username"]],
    ["a misspelled column", "username,grops\n", ["1:10 unknown-column"]],
    ["a column twice", "username,name,Name\n", ["1:15 same-column"]],
    ["more values than columns", "username,name\nalice,A,B\n", ["2:9 extra-cell"]],
    ["a row without a name", `${header},Alice,,,,,\n`, ["2:1 user-name"]],
    ["a name with a slash", `${header}../x,,,,,,\n`, ["2:1 user-name"]],
    ["a name of dots", `${header}..,,,,,,\n`, ["2:1 user-name"]],
    ["a name of 300 letters", `${header}${"a".repeat(300)},,,,,,\n`, ["2:1 user-name"]],
    ["an invisible character", `${header}al\u200Bice,,,,,,\n`, ["2:1 user-name"]],
    ["a person twice", `${header}bob,,,,,,\nBob,,,,,,\n`, ["3:1 same-name"]],
    ["a role that is none", `${header}bob,,,,,teacher,\n`, ["2:9 unknown-value"]],
    ["a status that is none", `${header}bob,,,,,,baned\n`, ["2:10 unknown-value"]],
    ["a group of the system", `${header}bob,,,,sudo,,\n`, ["2:8 group-name"]],
    ["a group that Debian has", `${header}bob,,,,users,,\n`, ["2:8 group-name"]],
    ["a group with power", `${header}bob,,,,docker,,\n`, ["2:8 group-name"]],
    ["a group that is no name", `${header}bob,,,,3b,,\n`, ["2:8 group-name"]],
    ["a banned admin", `${header}bob,,,,,admin,banned\n`, ["2:15 banned-and-admin"]],
    ["an open quotation mark", 'username\n"bob\n', ["2:1 open-quote"]],
    ["bytes that are no UTF-8", `${header}b\uFFFDb,,,,,,\n`, ["2:2 not-utf-8"]],
  ])("%s", (_, text, found) => {
    expect(problems(text)).toEqual(found);
  });

  test("latin-1 from an old spreadsheet", () => {
    const { problems: found } = loadRoster(Buffer.from("username,name\nbob,J\xFCrgen\n", "latin1"));
    expect(found.map(({ line, column, code }) => [line, column, code])).toEqual([[2, 6, "not-utf-8"]]);
  });

  test("two people who would share an account, here or with the config", () => {
    const [first, second] = twins();
    expect(problems(`${header}${first},,,,,,\n${second},,,,,,\n`)).toEqual(["3:1 same-account"]);
    expect(problems(`${header}${second},,,,,,\n`, `users: { allowed: [${first}] }`)).toEqual([
      "2:1 same-account",
    ]);
  });

  test("what contradicts the config", () => {
    expect(problems(`${header}bob,,,,,admin,\n`, "users: { banned: [Bob] }")).toEqual([
      "2:9 banned-and-admin",
    ]);
    expect(problems(`${header}bob,,,,,,banned\n`, "users: { admin: [bob] }")).toEqual([
      "2:10 banned-and-admin",
    ]);
    expect(
      loadRoster(`${header}bob,,,,,,\n`, { config: configFrom("users: { banned: [bob] }") }),
    ).toMatchObject({
      problems: [{ severity: "warning", code: "banned-and-allowed", line: 2, column: 1 }],
      entries: [{}],
    });
  });
});

describe("config and roster together", () => {
  const roster = `${header}Bob,,,,choir,,\nboss,,,,,admin,\nmallory,,,,,,banned\n`;

  test("are one list of people, in the hub's spelling", () => {
    const { users } = configFrom(
      "users: { allowed: [Alice, bob], admin: [Teacher], extra_user_groups: { choir: [Alice] } }",
      roster,
    );
    expect(users).toMatchObject({
      allowed: ["alice", "bob", "mallory"],
      admin: ["teacher", "boss"],
      banned: ["mallory"],
      extraUserGroups: { choir: ["alice", "bob"] },
    });
  });

  test("a hub that is open as long as nobody is listed is closed by the first row", () => {
    const github = "auth: { type: github }";
    expect(configFrom(github).users.open).toBe(true);
    expect(configFrom(github, roster).users.open).toBe(false);
    const organization = "auth: { type: github, GitHubOAuthenticator: { allowed_organizations: [school] } }";
    expect(configFrom(organization, roster).users.open).toBe(true);
    expect(withRoster(configFrom(""), []).users.open).toBe(false);
  });
});
