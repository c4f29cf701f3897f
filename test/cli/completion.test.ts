import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Said } from "../type-into.ts";
import { onTerminal } from "./terminal.ts";

const main = join(import.meta.dirname, "../../installer/cli/main.ts");
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-completion-"));
  await mkdir(join(root, "bin"));
  await mkdir(join(root, "etc/homeroom"), { recursive: true });
  await mkdir(join(root, "var/lib/homeroom/generations/000012"), { recursive: true });
  await writeFile(
    join(root, "etc/homeroom/config.yaml"),
    "users:\n  admin: [teacher]\n  allowed: [zacharias, zoe]\n",
  );
  await writeFile(join(root, "my-config.yaml"), "");
  await writeFile(join(root, "etc/passwd"), "jupyter-yolanda:x:1007:1007::/home/jupyter-yolanda:/bin/bash\n");
  await writeFile(join(root, "etc/group"), "");
  // What the line was completed to is said, not done.
  const command = join(root, "bin/homeroom");
  const here = `'${process.execPath}' '${main}'`;
  const ask = `complete) shift; [ "$1" = --line ] && { shift 2; exec ${here} complete --line -- "homeroom --root ${root} \${1#homeroom }"; }; shift; exec ${here} complete -- --root ${root} "$@" ;;`;
  await writeFile(
    command,
    `#!/bin/sh\ncase "$1" in ${ask} completion) exec ${here} "$@" ;; esac\nprintf 'ran: '; printf '<%s>' "$@"; echo .\n`,
  );
  await chmod(command, 0o755);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

const prompt = "what next?";
const shells: readonly { shell: string; start: string; source: string }[] = [
  {
    shell: "bash",
    start: "bash --norc --noprofile -i",
    source: `source <(homeroom completion bash); PS1='wh''at next?'`,
  },
  {
    shell: "zsh",
    start: "zsh -f -i",
    source: `autoload -U compinit; compinit -u -D; source <(homeroom completion zsh); PS1='wh''at next?'`,
  },
  {
    shell: "fish",
    start: "fish --no-config -i",
    source: `homeroom completion fish | source; function fish_prompt; echo -n 'wh''at next?'; end`,
  },
];

/** What is typed before Tab, and what the command is run with then. */
const lines: readonly (readonly [what: string, line: string, ran: string])[] = [
  ["a command", "sand", "<sandbox>"],
  ["a subcommand", "config rol", "<config><rollback>"],
  ["an option", "config show --eff", "<config><show><--effective>"],
  ["an option of all commands", "status --tra", "<status><--trace>"],
  ["a choice of an argument", "logs pro", "<logs><proxy>"],
  ["a choice of an option", "sandbox up --image tri", "<sandbox><up><--image><trixie>"],
  ["a key, step by step", "config get user_e\tdef", "<config><get><user_environment.default_app>"],
  [
    "a value of a key",
    "config set user_environment.default_app=cl",
    "<config><set><user_environment.default_app=classic>",
  ],
  [
    "a value behind its key",
    "config set services.cull.enabled fa",
    "<config><set><services.cull.enabled><false>",
  ],
  [
    "a key of an authenticator",
    "config set auth.GitHubOAuthenticator.client_i",
    "<config><set><auth.GitHubOAuthenticator.client_id=>",
  ],
  ["a generation", "config diff 1", "<config><diff><12>"],
  ["somebody on a list", "config remove users.allowed za", "<config><remove><users.allowed><zacharias>"],
  ["somebody with an account", "config add users.banned yo", "<config><add><users.banned><yolanda>"],
  ["a file", "config check my-", "<config><check><my-config.yaml>"],
  ["a file for an option", "config show --file my-", "<config><show><--file><my-config.yaml>"],
];
const several = "homeroom config set limits.";

/** What is typed before a prompt is there the shell would not read as keys. */
function behindPrompt(type: string): Said[] {
  return [
    { after: ">.", type: "" },
    { after: prompt, type },
  ];
}

describe.each(shells)("in $shell", ({ start, source }) => {
  let ran: string[];
  let listed: string;
  beforeAll(async () => {
    const { output } = await onTerminal(start, {
      env: { PATH: `${root}/bin:${process.env["PATH"]}`, HOME: root, LANG: "C.UTF-8" },
      typed: [
        { after: "", type: `cd ${root}; ${source}\r` },
        { after: prompt, type: `homeroom ${lines[0]?.[1]}\t\r` },
        ...lines.slice(1).flatMap(([, line]) => behindPrompt(`homeroom ${line}\t\r`)),
        ...behindPrompt(`${several}\t\t`),
        { after: "limits.cpu=", type: "\u0015exit\r" },
      ],
    });
    ran = [...output.matchAll(/ran: (.*)\.$/gm)].map(([, words = ""]) => words);
    listed = output.slice(output.lastIndexOf("ran: "));
  });

  it.each(lines.map(([what, , wanted], index) => ({ what, wanted, index })))(
    "completes $what",
    ({ wanted, index }) => expect(ran[index]).toBe(wanted),
  );

  it("lists what may follow, one step further down", () => {
    expect(listed).toContain("limits.memory=");
    expect(listed).toContain("limits.users.");
    expect(listed).not.toContain("limits.users.zoe");
  });
});
