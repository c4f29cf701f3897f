import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { wheelProgram } from "../../../installer/resources/wheel-program.ts";
import { FakeHost } from "../../fake-host.ts";

const progress = { report: () => undefined, signal: new AbortController().signal };
const wheel = "uv-1.0-py3-none-manylinux_2_17_x86_64.whl";
const content = "the wheel";
const state = { wheel, sha256: createHash("sha256").update(content).digest("hex") };
const id = "/opt/homeroom/runtimes/uv-1.0/uv";
const folder = "/opt/homeroom/runtimes/uv-1.0";

let machine: FakeHost;
beforeEach(() => {
  for (const name of ["PIP_INDEX_URL", "UV_DEFAULT_INDEX"]) vi.stubEnv(name, undefined);
  machine = new FakeHost();
  machine.putDirectory("/opt/homeroom/runtimes");
  machine.programs["chmod"] = () => "";
  machine.programs["python3"] = (args, m) => {
    m.put(`${args.at(-1)}/uv-1.0.data/scripts/uv`, "program");
    return "";
  };
  machine.web.set("https://files.example/uv.whl", content);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const write = async (wanted: Parameters<typeof wheelProgram.write>[2] = state) =>
  await wheelProgram.write(machine, id, wanted, progress);

function listing(index: string, text: string): void {
  machine.web.set(`${index}/uv/`, text);
}
const json = JSON.stringify({
  files: [
    { filename: "other.whl", url: "x" },
    { filename: wheel, url: "https://files.example/uv.whl" },
  ],
});

describe("a program from a wheel", () => {
  test("is fetched by the index's JSON, checked, unpacked, and nothing else stays", async () => {
    listing("https://pypi.org/simple", json);
    await write();
    expect(machine.downloads).toEqual(["https://pypi.org/simple/uv/", "https://files.example/uv.whl"]);
    expect(machine.ran).toEqual([
      ["python3", "-I", "-m", "zipfile", "-e", `${folder}/${wheel}`, `${folder}/unpacked`],
      ["chmod", "0755", `${folder}/unpacked/uv-1.0.data/scripts/uv`],
    ]);
    expect(machine.text(id)).toBe("program");
    expect(await machine.list(folder)).toEqual(["uv", "wheel.json"]);
    expect(await wheelProgram.read(machine, id)).toEqual(state);
  });

  test.each([
    ["PIP_INDEX_URL", "https://mirror.example/simple"],
    ["PIP_INDEX_URL", "https://mirror.example/simple/"],
    ["UV_DEFAULT_INDEX", "https://mirror.example/simple"],
  ])("comes from the mirror that %s names, which may answer in HTML", async (name, value) => {
    vi.stubEnv(name, value);
    listing(
      "https://mirror.example/simple",
      `<a href="../../packages/a%2Fb/${wheel}?a=1&amp;b=2#sha256=0">uv</a>`,
    );
    const address = `https://mirror.example/packages/a%2Fb/${wheel}?a=1&b=2#sha256=0`;
    machine.web.set(address, content);
    await write();
    expect(machine.downloads.at(-1)).toBe(address);
    expect(machine.text(id)).toBe("program");
  });

  test("that is another one than the release's is not used, not even unpacked", async () => {
    listing("https://pypi.org/simple", json);
    machine.web.set("https://files.example/uv.whl", "another");
    await expect(write()).rejects.toThrow("its hash differs");
    expect([machine.ran, await machine.list("/opt/homeroom/runtimes")]).toEqual([[], []]);
  });

  test.each([
    ["the index does not answer", () => undefined],
    ["the index does not list it", () => listing("https://pypi.org/simple", '{"files":[]}')],
    ["the index answers nonsense", () => listing("https://pypi.org/simple", "{")],
    ["the index's address is none", () => vi.stubEnv("PIP_INDEX_URL", "ftp//nowhere")],
    ["the index wants a password", () => vi.stubEnv("PIP_INDEX_URL", "https://ada:secret@pypi.org/simple")],
  ])("cannot be had where %s, and what to do is said", async (_, spoil) => {
    spoil();
    const error: unknown = await write().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringMatching(/^Could not fetch uv from/) as string });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain("secret");
    expect((error as { remedy: string }).remedy).toContain("PIP_INDEX_URL");
  });

  test("comes from a folder where there is no index", async () => {
    machine.put(`/wheels/${wheel}`, content);
    await write({ ...state, wheels: "/wheels" });
    expect([machine.downloads, machine.text(id)]).toEqual([[], "program"]);
    await expect(write({ ...state, wheels: "/empty" })).rejects.toThrow("is not in /empty");
  });

  test("is the same one however it came", () => {
    expect(wheelProgram.isSame?.({ ...state, wheels: "/wheels" }, state)).toBe(true);
    expect(wheelProgram.isSame?.(state, { ...state, sha256: "0" })).toBe(false);
  });

  test("that was cut short is none", async () => {
    listing("https://pypi.org/simple", json);
    for (let at = 0; ; at += 1) {
      machine.inject({ at, kind: "fail", when: "before" });
      await write().catch(() => undefined);
      const { struck } = machine;
      machine.inject(undefined);
      if (!struck) break;
      expect(await wheelProgram.read(machine, id)).toBeUndefined();
    }
    await wheelProgram.write(machine, id, undefined, progress);
    expect(await machine.list("/opt/homeroom/runtimes")).toEqual([]);
  });
});
