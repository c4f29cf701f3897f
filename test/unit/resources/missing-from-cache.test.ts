import { expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import { missingFromCache } from "../../../installer/resources/missing-from-cache.ts";
import type { Uv } from "../../../installer/resources/run-uv.ts";
import { FakeHost } from "../../fake-host.ts";

const owner = { uid: 500, gid: 600 };
const lock = ["astropy", "numpy", "pyerfa"].map((name) => `${name}==1 \\\n    --hash=sha256:00\n`).join("");

/** uv as it answers without a network, of a cache that lacks these; in the words of uv 0.13. */
function uvWithout(host: FakeHost, lacking: readonly string[]): Uv {
  const run: Uv["run"] = async (argv) => {
    const asked = argv.includes("--dry-run") ? (host.text(argv.at(-1) ?? "") ?? "") : "";
    const name = lacking.find((each) => asked.includes(`${each}==`));
    if (name !== undefined) {
      const remedy = `It said: cause: Because ${name} was not found in the cache and you require ${name}==1`;
      throw new HomeroomError("uv failed", { remedy });
    }
    return { exitCode: 0, stdout: "", stderr: "" };
  };
  return { cache: "/cache", uv: run, run };
}

test.each([[[]], [["numpy"]], [["astropy", "pyerfa"]]])(
  "of a cache without %j just these are named",
  async (lacking) => {
    const host = new FakeHost();
    await host.makeDirectory("/cache", { mode: 0o700, ...owner });
    const uv = uvWithout(host, lacking);
    expect(await missingFromCache(host, uv, owner, { lock, program: "/uv" })).toEqual(lacking);
    expect(await host.list("/cache")).toEqual([]);
  },
);
