import { expect, test } from "vitest";
import { hashOf } from "../../../installer/resources/hash.ts";
import { configFile } from "../../../installer/resources/config-file.ts";
import { keepBlob } from "../../../installer/resources/blobs.ts";
import { FakeHost } from "../../fake-host.ts";

const path = "/etc/homeroom/config.yaml";
const progress = { report: () => undefined, signal: new AbortController().signal };

function machine(): FakeHost {
  const host = new FakeHost();
  host.put(path, "old: 1\n", { mode: 0o640, uid: 7, gid: 8 });
  host.putDirectory("/var/lib/homeroom/blobs");
  return host;
}

test("another text, with the owner and mode that the file has, and back", async () => {
  const host = machine();
  const before = await configFile.read(host, path);
  expect(before).toEqual({ sha256: hashOf("old: 1\n") });
  await configFile.preserve?.(host, path);
  const sha256 = await keepBlob(host, "new: 1\n");
  await configFile.write(host, path, { sha256 }, progress);
  expect(host.text(path)).toBe("new: 1\n");
  await configFile.write(host, path, before, progress);
  expect(host.text(path)).toBe("old: 1\n");
  expect(await host.stat(path)).toMatchObject({ mode: 0o640, uid: 7, gid: 8 });
});

test("it is never removed", async () => {
  const host = machine();
  await configFile.write(host, path, undefined, progress);
  expect(host.text(path)).toBe("old: 1\n");
});
