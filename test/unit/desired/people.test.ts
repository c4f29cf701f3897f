import { describe, expect, test } from "vitest";
import { accountName } from "../../../installer/desired/account-name.ts";
import type { DesiredState } from "../../../installer/desired/state-builder.ts";
import type { KnownAccounts } from "../../../installer/resources/known-accounts.ts";
import { configFrom } from "../config/config-from.ts";
import { desiredFrom } from "./tree-release.ts";

const accounts = (...names: string[]) => new Set(names.map(accountName));
const known = (made: string[], open = made, tombstones: string[] = []): KnownAccounts => ({
  made: accounts(...made),
  open: accounts(...open),
  tombstones: accounts(...tombstones),
});
const idsOf = (state: DesiredState, kind: string) =>
  state.resources.filter((each) => each.kind === kind).map(({ id }) => id);
const closed = (state: DesiredState) =>
  state.resources.flatMap(({ kind, id, state: is }) =>
    kind === "closed-account" ? [`${id} ${(is as { why: string }).why}`] : [],
  );

describe("accounts", () => {
  const text = "users: { admin: [teacher], allowed: [alice, Bob], banned: [mallory] }";

  test("are made for admins; students' come with their first server", () => {
    expect(idsOf(desiredFrom(text), "account")).toEqual(["jupyter-teacher"]);
  });

  test("that somebody has deleted are made again", () => {
    const state = desiredFrom(text, { known: known([], ["bob"]) });
    expect(idsOf(state, "account")).toEqual(["jupyter-teacher", "jupyter-bob"]);
  });

  test("of whoever is on no list, or banned, are closed", () => {
    const state = desiredFrom(text, { known: known(["alice", "bob", "mallory", "zoe"]) });
    expect(closed(state)).toEqual(["jupyter-mallory banned", "jupyter-zoe removed"]);
  });

  test("that are closed stay so, and open when their owner comes back", () => {
    const gone = known(["zoe", "mallory"], [], ["zoe"]);
    expect(closed(desiredFrom(text, { known: gone }))).toEqual([
      "jupyter-mallory banned",
      "jupyter-zoe removed",
    ]);
    const back = desiredFrom("users: { allowed: [zoe], banned: [mallory] }", { known: gone });
    expect(closed(back)).toEqual(["jupyter-mallory banned"]);
  });

  test("without an owner are nobody's business before a server was started in them", () => {
    expect(closed(desiredFrom(text, { known: known(["tljh-user"], []) }))).toEqual([]);
  });

  test("of a hub that lets in whom its login service knows are closed by a ban alone", () => {
    const open = "auth: { type: github }\nusers: { banned: [mallory] }";
    expect(closed(desiredFrom(open, { known: known(["zoe", "mallory"]) }))).toEqual([
      "jupyter-mallory banned",
    ]);
  });

  test("have their new homes filled from classroom.skel", () => {
    const state = desiredFrom(`${text}\nclassroom: { skel: /srv/class }`, {});
    expect(state.resources.find(({ kind }) => kind === "account")?.state).toEqual({
      name: "teacher",
      home: "/home/jupyter-teacher",
      shell: "/bin/bash",
      skel: ["/srv/class"],
    });
  });
});

describe("groups", () => {
  const text = `users:
  admin: [teacher]
  allowed: [alice, bob, mallory]
  banned: [mallory]
  extra_user_groups: { choir: [alice, bob, mallory, Teacher] }
`;

  test("hold whoever has an account; the others come into them with theirs", () => {
    expect(idsOf(desiredFrom(text), "membership")).toEqual([
      "homeroom-admins:jupyter-teacher",
      "choir:jupyter-teacher",
    ]);
    const state = desiredFrom(text, { known: known(["alice", "mallory"]) });
    expect(idsOf(state, "membership")).toEqual([
      "homeroom-admins:jupyter-teacher",
      "choir:jupyter-alice",
      "choir:jupyter-teacher",
    ]);
    expect(idsOf(state, "group")).toEqual(["choir"]);
  });

  test("come from the roster too", () => {
    const config = configFrom("", "username,groups\nalice,band choir\nbob,choir\n");
    const state = desiredFrom("", { config, known: known(["alice", "bob"]) });
    expect(idsOf(state, "membership")).toEqual([
      "band:jupyter-alice",
      "choir:jupyter-alice",
      "choir:jupyter-bob",
    ]);
  });
});

describe("an admin", () => {
  test("has a drop-in that goes before the membership does", () => {
    const state = desiredFrom("users: { admin: [anna-lena] }");
    const path = "homeroom-user@anna\\x2dlena.service.d/60-homeroom-admin.conf";
    expect(state.resources.find(({ id }) => id === path)?.needs).toEqual([
      "membership:homeroom-admins:jupyter-anna-lena",
    ]);
  });

  test("who is banned has neither", () => {
    const config = configFrom("users: { admin: [boss] }");
    const users = { ...config.users, banned: ["boss"] };
    const state = desiredFrom("", { config: { ...config, users }, known: known(["boss"]) });
    expect(idsOf(state, "membership")).toEqual([]);
    expect(idsOf(state, "systemd-unit").filter((id) => id.includes("60-homeroom-admin"))).toEqual([]);
    expect(closed(state)).toEqual(["jupyter-boss banned"]);
  });
});

test("5,000 people make as many resources as ten do", () => {
  const roster = (count: number) =>
    `username,groups\n${Array.from({ length: count }, (_, n) => `s${n},choir`).join("\n")}\n`;
  const sizes = [10, 5000].map(
    (count) => desiredFrom("", { config: configFrom("", roster(count)) }).resources.length,
  );
  expect(sizes[0]).toBe(sizes[1]);
});
