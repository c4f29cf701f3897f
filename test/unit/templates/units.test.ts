import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { template, unitTemplates } from "./unit-templates.ts";

const units = unitTemplates();
const unit = (name: string): string => units.get(name) ?? expect.fail(`there is no ${name}`);
const services = [
  "homeroom-hub.service",
  "homeroom-proxy@.service",
  "homeroom-culler.service",
  "homeroom-user@.service",
  "letsencrypt/homeroom-acme.service",
];

test("every substitution is one that the README names", () => {
  const written = [...units.values()].flatMap((text) => text.match(/@[A-Z_]+@/g) ?? []);
  expect(written).toEqual([]);
});

test("no service or socket can be given up on for good", () => {
  const lacking = [...units].filter(([name, text]) => {
    if (name.endsWith(".socket")) return !text.includes("\nTriggerLimitIntervalSec=0\n");
    return (
      /homeroom-(hub|proxy@|culler|user@|account@)\.service$/.test(name) &&
      !text.includes("\nStartLimitIntervalSec=0\n")
    );
  });
  expect(lacking).toEqual([]);
});

test("the account of a server has the fixed prefix, and its slice is its own", () => {
  expect(unit("homeroom-user@.service")).toContain("\nUser=jupyter-%I\n");
  expect(unit("homeroom-user@.service")).toContain("\nSlice=homeroom-users-%i.slice\n");
});

test("what the admins' drop-in undoes is what the unit sets for students", () => {
  const [, forStudents = ""] = unit("homeroom-user@.service").split("# Everything from here on");
  const keys = (text: string): string[] =>
    [...text.matchAll(/^([A-Za-z]+)=/gm)].map(([, key]) => key ?? "").toSorted();
  // PrivateTmp stays: it does not stand in the way of sudo.
  expect(keys(forStudents).filter((key) => key !== "PrivateTmp")).toEqual(
    keys(unit("homeroom-user-admin.conf")).filter((key) => key !== "UMask" && key !== "EnvironmentFile"),
  );
});

test("secrets reach services as credentials only", () => {
  // An admin's own pip takes variables alone; what students' servers get holds no secret.
  const notes = /^EnvironmentFile=-\/var\/lib\/homeroom\/package-sources\/(?:admins|everybody)\.env$/m;
  for (const text of units.values())
    expect(text.replace(notes, "")).not.toMatch(/EnvironmentFile=|Environment=.*(TOKEN|SECRET)/);
  expect(unit("homeroom-user@.service")).toContain("/everybody.env\n");
});

test("only the front door may listen on the network", () => {
  const doors = new Set(["homeroom-proxy.socket", "https/homeroom-https.socket"]);
  const inner = [...units].filter(([name]) => name.endsWith(".socket") && !doors.has(name));
  expect(inner).toHaveLength(3);
  for (const [, text] of inner) {
    expect(text).toMatch(/^ListenStream=\/run\/homeroom\//m);
    expect(text).toMatch(/^SocketMode=06[06]0$/m);
  }
});

test("how exposed systemd finds the services is what was agreed", async () => {
  const directory = mkdtempSync(join(tmpdir(), "units-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const name of services) writeFileSync(join(directory, basename(name)), unit(name));
  const lines = services.flatMap((name) => {
    const findings = JSON.parse(
      execFileSync(
        "systemd-analyze",
        ["security", "--offline=true", "--json=short", join(directory, basename(name))],
        {
          encoding: "utf8",
        },
      ),
    ) as { set: boolean | null; name: string; exposure: string | null }[];
    // Only what every systemd from 252 on looks at: newer ones know more.
    const open = findings.filter(({ set, exposure }) => set === false && exposure !== null);
    return [name, ...open.map(({ name: key, exposure }) => `  ${key} ${exposure}`).toSorted()];
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../../golden/exposure.txt");
});

test("the polkit rule lets the hub start, stop and reset servers, and nothing else", () => {
  const ask = polkit();
  const server = "homeroom-user@john\\x2ddoe.service";
  for (const verb of ["start", "stop", "reset-failed"]) expect(ask("homeroom-hub", server, verb)).toBe("yes");
  for (const verb of ["restart", "kill", "set-property", "reload", undefined]) {
    expect(ask("homeroom-hub", server, verb)).toBe("no");
  }
  for (const other of [
    undefined,
    "",
    "ssh.service",
    "homeroom-user@.service",
    "homeroom-user@a-b.service",
    "homeroom-user@..-..-etc.service".replace("-..", "/.."),
    "homeroom-user@a\\x2fb.service",
    "xhomeroom-user@a.service",
    "homeroom-user@a.service.d",
    "homeroom-user@a.service\nssh.service",
    "homeroom-account@a.service",
    "homeroom-hub.service",
    "homeroom-user@A.service",
    "homeroom-user@\\x2e.service",
    "homeroom-user@\\x2e\\x2e.service",
    "homeroom-user@\\x2e..service",
    "homeroom-user@...service",
  ]) {
    expect([other, ask("homeroom-hub", other, "start")]).toEqual([other, "no"]);
  }
});

test("the polkit rule lets students and services do nothing, and leaves everybody else to the others", () => {
  const ask = polkit(["jupyter-teacher"]);
  for (const user of ["jupyter-alice", "homeroom-hub", "homeroom-proxy", "homeroom-env"]) {
    expect(ask(user, undefined, undefined, "org.freedesktop.login1.set-self-linger")).toBe("no");
  }
  expect(ask("jupyter-alice", "homeroom-user@alice.service", "start")).toBe("no");
  for (const user of ["jupyter-teacher", "root", "debian", "alice"]) {
    expect(ask(user, "homeroom-user@alice.service", "start")).toBe("not handled");
  }
});

/** The rule as polkit would ask it. */
function polkit(admins: readonly string[] = []) {
  type Rule = (action: object, subject: object) => string;
  let rule: Rule | undefined;
  const scope = {
    addRule: (added: Rule) => (rule = added),
    Result: { YES: "yes", NO: "no", NOT_HANDLED: "not handled" },
  };
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- our own file, as polkit runs it
  new Function("polkit", template("polkit/50-homeroom.rules"))(scope);
  return (user: string, unitName?: string, verb?: string, id = "org.freedesktop.systemd1.manage-units") => {
    const isInGroup = (group: string) => group === "homeroom-admins" && admins.includes(user);
    const details: Record<string, string | undefined> = { unit: unitName, verb };
    return rule?.({ id, lookup: (key: string) => details[key] }, { user, isInGroup });
  };
}
