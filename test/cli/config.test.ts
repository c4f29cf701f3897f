import { execFile } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const main = join(import.meta.dirname, "../../installer/cli/main.ts");
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeroom-config-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

interface Result {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `homeroom config …` on a machine of its own. */
async function config(args: readonly string[], input = ""): Promise<Result> {
  return new Promise((resolve) => {
    const argv = [main, "--root", root, "config", ...args];
    const child = execFile(
      process.execPath,
      argv,
      { env: { PATH: process.env["PATH"] } },
      (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

async function write(text: string): Promise<string> {
  const path = join(root, "etc/homeroom/config.yaml");
  await mkdir(join(root, "etc/homeroom"), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

describe("config check", () => {
  it("checks standard input and exits 78 with a code frame", async () => {
    const result = await config(["check", "-"], "users:\n  admn: [ada]\n");
    expect(result.exitCode).toBe(78);
    expect(result.stdout).toContain("standard input:2:3 error There is no key `users.admn`.");
    expect(result.stdout).toContain("  2 |   admn: [ada]\n    |   ^^^^\n     Did you mean `admin`?");
    expect(result.stdout).toContain("1 error.");
    expect(result.stderr).toContain("Not checked");
  });
  it("prints problems as data", async () => {
    const result = await config(["check", "--json", "-"], "users:\n  admn: [ada]\n");
    expect(JSON.parse(result.stdout)).toEqual({
      problems: [
        {
          severity: "error",
          code: "unknown-key",
          path: "/users/admn",
          line: 2,
          column: 3,
          message: "There is no key `users.admn`.",
          hint: "Did you mean `admin`?",
        },
      ],
    });
  });
  it("exits 0 with warnings only", async () => {
    const result = await config(["check", "-"], "users:\n  admin: ada\n");
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain("1 warning.");
  });
  it("checks the machine's own file", async () => {
    const path = await write("limits:\n  memory: 900T\n");
    const result = await config(["check"]);
    expect(result.stdout).toContain(`${path}:2:11 warning One server may use 900T`);
  });
  it("says that a file is not there", async () => {
    const result = await config(["check", join(root, "nothing")]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("There is no");
  });
});

describe("config show and get", () => {
  const text =
    "# mine\nlimits:\n  memory: 1.5G # each\nauth:\n  type: dummy\n  allow_dummy: true\n  DummyAuthenticator:\n    password: hunter2\n";
  it("shows the text as it is, secrets hidden", async () => {
    await write(text);
    expect((await config(["show"])).stdout).toBe(text.replace("hunter2", "********"));
    expect((await config(["show", "--reveal"])).stdout).toBe(text);
    expect((await config(["show", "--origin"])).stdout).not.toContain("hunter2");
    expect((await config(["get", "auth.DummyAuthenticator.password"])).stdout).toBe("********\n");
  });
  it("shows what holds, sizes in bytes as data", async () => {
    const file = join(root, "other.yaml");
    await writeFile(file, text);
    const shown = JSON.parse((await config(["show", "--effective", "--json", "--file", file])).stdout) as {
      limits: object;
      services: object;
    };
    expect(shown.limits).toMatchObject({ memory: 1_610_612_736, cpu: null });
    expect(shown.services).toMatchObject({ cull: { timeout: 600 } });
  });
  it("shows where values come from", async () => {
    await write(text);
    const { stdout } = await config(["show", "--origin", "limits"]);
    expect(stdout).toMatch(/^limits\.memory: 1\.5G +# written in line 3$/m);
    expect(stdout).toMatch(/^limits\.cpu: null +# default$/m);
    expect(stdout).toMatch(/^limits\.reserve: \d\S* +# computed from this machine$/m);
  });
  it("gets written and default values", async () => {
    await write(text);
    expect((await config(["get", "limits.memory"])).stdout).toBe("1.5G\n");
    expect((await config(["get", "http.port"])).stdout).toBe("80\n");
    const unknown = await config(["get", "htp.port"]);
    expect(unknown.exitCode).toBe(64);
    expect(unknown.stderr).toContain("http.port");
  });
});

describe("config set, unset, add, remove", () => {
  it("makes several changes at once and keeps the rest", async () => {
    const path = await write("# mine\nlimits: {memory: 1G} # each\n");
    const result = await config([
      "set",
      "--no-apply",
      "limits.memory=2G",
      "limits.cpu=1.5",
      "http.port=8080",
    ]);
    expect(result.exitCode).toBe(0);
    expect(await readFile(path, "utf8")).toBe(
      "# mine\nlimits: {memory: 2G, cpu: 1.5} # each\nhttp:\n  port: 8080\n",
    );
    await config(["unset", "--no-apply", "limits.cpu", "http.port"]);
    expect(await readFile(path, "utf8")).toBe("# mine\nlimits: {memory: 2G} # each\n");
  });
  it("knows TLJH's words", async () => {
    const path = await write("users:\n  allowed:\n    - ada # first\n");
    await config(["add-item", "--no-apply", "users.allowed", "bob"]);
    await config(["remove-item", "--no-apply", "users.allowed", "ada"]);
    await config(["set", "--no-apply", "limits.memory", "1G"]);
    expect(await readFile(path, "utf8")).toBe("users:\n  allowed:\n    - bob\nlimits:\n  memory: 1G\n");
  });
  it("takes a secret from standard input", async () => {
    const path = await write("");
    await config(
      ["set", "--no-apply", "auth.type=dummy", "auth.allow_dummy=true", "auth.DummyAuthenticator.password=-"],
      "on: #1\n",
    );
    expect(await readFile(path, "utf8")).toContain('    password: "on: #1"\n');
  });
  it("writes nothing that is not valid", async () => {
    const path = await write("limits:\n  memory: 1G\n");
    const result = await config(["set", "--no-apply", "limits.memory", "4GB"]);
    expect(result.exitCode).toBe(78);
    expect(result.stderr).toContain("Write 4G.");
    expect(await readFile(path, "utf8")).toBe("limits:\n  memory: 1G\n");
    expect(await readdir(join(root, "etc/homeroom"))).toEqual(["config.yaml"]);
  });
  it("shows a warning that a change brings, and none that was there", async () => {
    await write("users:\n  admin: ada\n");
    const result = await config(["set", "--no-apply", "nothing.at.all", "1"]);
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toContain("warning There is no key `nothing`.");
    expect(result.stderr).not.toContain("users.admin");
    expect(result.stderr).toContain("1 warning.");
  });
  it("mends a file with errors key by key", async () => {
    const path = await write("limits:\n  memory: 4GB\n  cpu: none\n");
    expect((await config(["set", "--no-apply", "limits.memory", "4G"])).exitCode).toBe(0);
    expect(await readFile(path, "utf8")).toBe("limits:\n  memory: 4G\n  cpu: none\n");
  });
  it("keeps the mode and a link", async () => {
    const path = await write("");
    await rm(path);
    await writeFile(join(root, "etc/kept.yaml"), "http: {}\n");
    await chmod(join(root, "etc/kept.yaml"), 0o640);
    await symlink("../kept.yaml", path);
    await config(["set", "--no-apply", "http.port", "81"]);
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readFile(path, "utf8")).toBe("http: {port: 81}\n");
  });
  it("waits for nobody: a second change is told who is at it", async () => {
    await write("");
    const startedAt = (await readFile(`/proc/${process.pid}/stat`, "utf8")).split(") ")[1]?.split(" ")[19];
    const holder = {
      pid: process.pid,
      startedAt,
      command: "config edit",
      who: "ada",
      terminal: "/dev/pts/7",
      since: "2026-01-01T08:00:00Z",
    };
    await writeFile(join(root, "etc/homeroom/.config.yaml.lock"), JSON.stringify(holder));
    const result = await config(["set", "--no-apply", "http.port", "81"]);
    expect(result.exitCode).toBe(75);
    expect(result.stderr).toContain("`homeroom config edit` of ada is at work since 2026-01-01T08:00:00Z");
    expect(result.stderr).toContain("/dev/pts/7");
  });
  it("refuses what sets nothing", async () => {
    await write("");
    expect((await config(["set", "--no-apply", "limits.memory"])).exitCode).toBe(64);
    expect((await config(["set", "--no-apply", "limits.memory=[1"])).exitCode).toBe(64);
  });
});

describe("config path, schema, reference", () => {
  it("print what they are named for", async () => {
    expect((await config(["path"])).stdout).toBe(`${root}/etc/homeroom/config.yaml\n`);
    expect(JSON.parse((await config(["schema"])).stdout)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
    });
    const { stdout } = await config(["reference", "limits.users.ada.memory"]);
    expect(stdout).toContain("limits.users.<name>.memory");
  });
  it("explain the settings of authenticators", async () => {
    const all = await config(["reference", "auth.GitHubOAuthenticator"]);
    expect(all.stdout).toMatch(/^auth\.GitHubOAuthenticator\.client_secret {2,}\S/m);
    const one = await config(["reference", "auth.LDAPAuthenticator.tls_strategy"]);
    expect(one.stdout).toMatch(/^auth\.LDAPAuthenticator\.tls_strategy\n {2}\S/);
    expect(one.stdout).toMatch(/\n {2}one of .*before_bind.*; default: .+\n$/);
    expect((await config(["reference", "auth.GitHubOAuthenticator.nothing"])).exitCode).toBe(64);
    expect((await config(["reference", "auth.Nobody"])).exitCode).toBe(64);
  });
});
