import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { integrityOf } from "../../scripts/release/manifest.ts";
import { startRegistry } from "../registry/registry.ts";
import { Machine, nodeName, packageOf } from "./bootstrap-machine.ts";

/** A Node that plays npm: it notes the command, and `npm run release` leaves a bootstrap.sh that notes its own. */
const player = `#!/bin/sh
shift
printf 'npm %s\\n' "$*" >>"$HOMEROOM_ROOT/notes"
case $* in
  ci*) mkdir -p node_modules && : >node_modules/.package-lock.json ;;
  *)
    [ -z "\${BREAK_BUILD:-}" ] || { echo 'types are wrong' >&2; exit 2; }
    printf '#!/bin/sh\\nprintf "bootstrap %%s\\\\n" "$*" "$HOMEROOM_ADMIN_PASSWORD" >>"$HOMEROOM_ROOT/notes"\\n' >build/bootstrap.sh
    chmod +x build/bootstrap.sh
    ;;
esac
`;
const node = packageOf({ name: nodeName, version: "26.0.1" }, { "bin/node": player });
const root = join(import.meta.dirname, "../..");
const build = await readFile(join(root, "scripts/bootstrap/checkout.sh"), "utf8");
const npmVersion = /\nnpm_version='(.*)'\n/.exec(build)?.[1] ?? "";
const npm = packageOf({ name: "npm", version: npmVersion }, { "bin/npm-cli.js": "// npm\n" });

async function makeCheckout(machine: Machine): Promise<string> {
  for (const path of ["bootstrap.sh", "scripts/bootstrap/registry.py", "scripts/bootstrap/packages.py"])
    await machine.write(`home/checkout/${path}`, await readFile(join(root, path)));
  const script = build.replace(/\nnpm_integrity='.*'\n/, `\nnpm_integrity='${integrityOf(npm)}'\n`);
  await machine.write("home/checkout/scripts/bootstrap/checkout.sh", script);
  const packages = { [`node_modules/${nodeName}`]: { version: "26.0.1", integrity: integrityOf(node) } };
  await machine.write("home/checkout/package-lock.json", JSON.stringify({ packages }));
  return join(machine.root, "home/checkout/bootstrap.sh");
}

test("a checkout is built with a Node and npm of its own, and its release goes on", async () => {
  await using registry = await startRegistry({ packages: [node, npm] });
  await using machine = await Machine.make();
  const file = await makeCheckout(machine);
  const options = {
    file,
    args: ["--admin", "teacher", "--yes"],
    env: { HOMEROOM_REGISTRY: registry.url, HOMEROOM_ADMIN_PASSWORD: "secret" },
  };
  expect(await machine.run("", options)).toMatchObject({ exitCode: 0 });
  expect(await machine.read("notes")).toBe(
    "npm ci --ignore-scripts --no-audit --no-fund\nnpm run release\nbootstrap --admin teacher --yes\nbootstrap secret\n",
  );
  // The tarball of Node stays beside the release, which needs it next.
  expect(await machine.paths()).toContain(`home/checkout/build/${nodeName}-26.0.1.tgz`);

  await machine.remove("notes");
  const asked = registry.requests.length;
  expect(await machine.run("", options)).toMatchObject({ exitCode: 0 });
  expect(await machine.read("notes")).toBe(
    "npm run release\nbootstrap --admin teacher --yes\nbootstrap secret\n",
  );
  expect(registry.requests.slice(asked).filter((path) => path.includes("node-linux"))).toEqual([]);
});

test.each([
  [[], "--sandbox"],
  [["--vm"], "--sandbox --vm"],
])("without systemd a checkout goes into a sandbox: %j", async (args, passed) => {
  await using registry = await startRegistry({ packages: [node, npm] });
  await using machine = await Machine.make();
  await machine.remove("run/systemd");
  const file = await makeCheckout(machine);
  const ran = await machine.run("", { file, args, env: { HOMEROOM_REGISTRY: registry.url } });
  expect(ran).toMatchObject({ exitCode: 0 });
  expect(await machine.read("notes")).toContain(`bootstrap ${passed}\n`);
});

test("a build that fails: its last words, the log, the step", async () => {
  await using registry = await startRegistry({ packages: [node, npm] });
  await using machine = await Machine.make();
  const file = await makeCheckout(machine);
  const env = { HOMEROOM_REGISTRY: registry.url, BREAK_BUILD: "yes" };
  const ran = await machine.run("", { file, env });
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain("types are wrong");
  expect(ran.stderr).toContain("it stopped at: Build the release");
  expect(ran.stderr).toContain(`${machine.root}/home/checkout/build/bootstrap.log`);
});

test("a checkout on a machine that is refused is not built", async () => {
  await using registry = await startRegistry({ packages: [node, npm] });
  await using machine = await Machine.make();
  await machine.write("opt/tljh/x", "");
  const file = await makeCheckout(machine);
  const before = await machine.paths();
  expect(await machine.run("", { file, env: { HOMEROOM_REGISTRY: registry.url } })).toMatchObject({
    exitCode: 1,
  });
  expect(await machine.paths()).toEqual(before);
});
