import { expect, test } from "vitest";
import { template } from "./unit-templates.ts";

const pins = (lock: string): Map<string, string> =>
  new Map(
    [...template(`locks/${lock}`).matchAll(/^([a-z0-9-]+)==(\S+)/gm)].map(([, name = "", version = ""]) => [
      name,
      version,
    ]),
  );

test.each(["hub.txt", "environment.txt"])(
  "%s: every package has its hashes, and no index is named",
  (lock) => {
    const text = template(`locks/${lock}`);
    const packages = text.split(/^(?=[a-z0-9])/m);
    for (const entry of packages) expect(entry).toMatch(/--hash=sha256:[0-9a-f]{64}/);
    expect(text).not.toMatch(/https?:|file:|--index-url|--find-links/);
  },
);

test("hub and servers speak the same version of JupyterHub", () => {
  expect(pins("environment.txt").get("jupyterhub")).toBe(pins("hub.txt").get("jupyterhub"));
});

test("uv's wheels are named with their hashes for both kinds of machine", () => {
  const { version, wheels } = JSON.parse(template("locks/uv.json")) as {
    version: string;
    wheels: Record<string, { filename: string; sha256: string }>;
  };
  for (const machine of ["x86_64", "aarch64"]) {
    expect(wheels[machine]?.filename).toMatch(
      new RegExp(`^uv-${version}-py3-none-manylinux.*${machine}.*\\.whl$`),
    );
    expect(wheels[machine]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
