import { afterEach, describe, expect, test, vi } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { createHost } from "../../../installer/host/local-host.ts";

const host = createHost();
const isRoot = process.getuid?.() === 0;

afterEach(() => {
  vi.unstubAllEnvs();
});

async function errorOf(promise: Promise<unknown>): Promise<HomeroomError> {
  const error: unknown = await promise.then(
    () => "no error",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HomeroomError);
  return error as HomeroomError;
}

describe("a process", () => {
  test("gets its arguments as they are: there is no shell", async () => {
    const { stdout } = await host.run(["printf", "%s|", "a b", "$HOME", "; true", "", "*"]);
    expect(stdout).toBe("a b|$HOME|; true||*|");
  });

  test("gets its input, or an empty one", async () => {
    expect((await host.run(["cat"], { input: "line\n" })).stdout).toBe("line\n");
    expect((await host.run(["cat"])).stdout).toBe("");
  });

  test("knows nothing of our environment but the way to the network", async () => {
    vi.stubEnv("HOMEROOM_ADMIN_PASSWORD", "secret");
    vi.stubEnv("HTTPS_PROXY", "http://proxy:3128");
    vi.stubEnv("PIP_INDEX_URL", "https://mirror/simple");
    vi.stubEnv("LANG", "de_DE.UTF-8");
    const { stdout } = await host.run(["env"], { env: { EXTRA: "1" } });
    const names = stdout.split("\n").map((line) => line.split("=")[0]);
    const own = new Set([
      "PATH",
      "LANG",
      "HOME",
      "EXTRA",
      "HTTPS_PROXY",
      "PIP_INDEX_URL",
      "UV_DEFAULT_INDEX",
    ]);
    const network = /proxy$|^SSL_CERT|^REQUESTS_CA|^PIP_|^UV_|^$/i;
    expect(names.filter((name = "") => !own.has(name) && !network.test(name))).toEqual([]);
    expect([...own].filter((name) => !names.includes(name))).toEqual([]);
    expect(stdout).toContain("LANG=C.UTF-8\n");
    expect(stdout).toContain("UV_DEFAULT_INDEX=https://mirror/simple\n");
  });

  test("tells its lines as they come, of both outputs, and all of them at the end", async () => {
    const lines: string[] = [];
    const { stdout, stderr } = await host.run(["sh", "-c", "echo one; echo two >&2; echo three"], {
      onLine: (line) => lines.push(line),
    });
    expect([lines.toSorted(), stdout, stderr]).toEqual([["one", "three", "two"], "one\nthree\n", "two\n"]);
  });

  test("that ends with a code that is an answer is no error", async () => {
    expect(await host.run(["sh", "-c", "exit 3"], { okCodes: [0, 3] })).toMatchObject({ exitCode: 3 });
  });

  test("that fails says what it said last, not what it was given", async () => {
    const options = { input: "secret", env: { TOKEN: "secret" } };
    const error = await errorOf(
      host.run(["sh", "-c", "cat >&2 </dev/null; echo no room >&2; exit 7", "hidden"], options),
    );
    expect(error.message).toMatch(/failed with exit code 7\.$/);
    expect(error.remedy).toBe("It said: no room");
    expect(`${error.message} ${error.remedy}`).not.toMatch(/secret|hidden/);
    expect((await errorOf(host.run(["false"]))).remedy).toBe("It said nothing.");
  });

  test("that is not there is named", async () => {
    const error = await errorOf(host.run(["no-such-program", "--all"]));
    expect(error.message).toBe("The program no-such-program is not on this machine.");
  });

  test("that takes too long is ended", async () => {
    const error = await errorOf(host.run(["sleep", "30"], { timeoutMs: 100 }));
    expect(error.message).toBe("`sleep 30` did not end within 0 s.");
  });

  test("is ended when it is cancelled", async () => {
    const controller = new AbortController();
    const running = errorOf(host.run(["sleep", "30"], { signal: controller.signal }));
    controller.abort();
    expect((await running).message).toBe("`sleep 30` was cancelled.");
  });

  test("that was killed says by what", async () => {
    expect((await errorOf(host.run(["sh", "-c", "kill -9 $$"]))).message).toContain("ended by SIGKILL");
  });

  test("runs in the folder that it is told", async () => {
    expect((await host.run(["pwd"], { cwd: "/" })).stdout).toBe("/\n");
  });

  test.runIf(isRoot)("for another account has none of root's groups or rights, nor its home", async () => {
    const script = "id -u; id -g; id -G; echo $HOME; grep CapEff /proc/self/status";
    const { stdout } = await host.run(["sh", "-c", script], { as: { uid: 65534, gid: 65534 } });
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "65534",
      "65534",
      "65534",
      "/nonexistent",
      "CapEff:\t0000000000000000",
    ]);
  });
});

describe("a question", () => {
  test("is answered with output and exit code", async () => {
    expect(await host.query(["echo", "yes"])).toEqual({ exitCode: 0, stdout: "yes\n", stderr: "" });
    expect(await host.query(["sh", "-c", "exit 1"], { okCodes: [0, 1] })).toMatchObject({ exitCode: 1 });
  });

  test("without an answer is explained as any process is", async () => {
    expect((await errorOf(host.query(["no-such-program"]))).message).toContain("is not on this machine");
    expect((await errorOf(host.query(["sh", "-c", "exit 9"]))).message).toContain("exit code 9");
  });
});
