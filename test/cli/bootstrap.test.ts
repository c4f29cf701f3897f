import { describe, expect, test } from "vitest";
import { startRegistry } from "../registry/registry.ts";
import { tarBlocks } from "../../scripts/release/tarball.ts";
import { library, Machine, makeFakeRelease, nodeName, packageOf } from "./bootstrap-machine.ts";

const release = await makeFakeRelease();
const installer = `opt/homeroom/releases/${release.version}/dist/homeroom.mjs`;

describe("an installation", () => {
  test("fetches Node and the release and starts the installer", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const ran = await machine.run(release.script, {
      args: ["--admin", "teacher", "--yes", "--progress-page"],
      env: { HOMEROOM_REGISTRY: registry.url },
    });
    expect(ran).toMatchObject({ exitCode: 0, stdout: "" });
    expect(ran.stderr).toContain("It never");
    expect(await machine.read("arguments")).toBe(
      `${machine.root}/${installer}\n--root=${machine.root}\ninstall\n--admin\nteacher\n--yes\n--progress-page\n`,
    );
    // Of Node only the program and its licence; no directory of an attempt.
    const paths = await machine.paths();
    expect(paths.filter((path) => path.startsWith("opt/homeroom/runtimes/"))).toEqual([
      "opt/homeroom/runtimes/node-26.0.1",
      "opt/homeroom/runtimes/node-26.0.1/.integrity",
      "opt/homeroom/runtimes/node-26.0.1/LICENSE",
      "opt/homeroom/runtimes/node-26.0.1/bin",
      "opt/homeroom/runtimes/node-26.0.1/bin/node",
    ]);
    expect(paths.some((path) => /\.(new|old)-/.test(path))).toBe(false);
  });

  test("run again fetches nothing, says nothing and starts no Python", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: registry.url };
    await machine.run(release.script, { env });
    const [paths, requests] = [await machine.paths(), registry.requests.length];
    const again = await machine.run(release.script, { env, programs: { python3: "exit 9" } });
    expect(again).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(await machine.paths()).toEqual(paths);
    expect(registry.requests).toHaveLength(requests);
  });

  test("another version takes the Node that is there", async () => {
    const newer = await makeFakeRelease("10.0.0");
    await using registry = await startRegistry({ packages: [...release.packages, ...newer.packages] });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: registry.url };
    await machine.run(release.script, { env });
    const asked = registry.requests.length;
    expect(await machine.run(newer.script, { env })).toMatchObject({ exitCode: 0 });
    // The check looks whether it is there, then it is fetched.
    const tarball = "/homeroom/-/homeroom-10.0.0.tgz";
    expect(registry.requests.slice(asked)).toEqual([tarball, tarball]);
  });

  test("run again mends a Node that is gone and a release that is another one", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: registry.url };
    await machine.run(release.script, { env });
    await machine.remove("opt/homeroom/runtimes/node-26.0.1/bin/node");
    await machine.write(`opt/homeroom/releases/${release.version}/.integrity`, "sha512-other\n");
    await machine.write(installer, "// another\n");
    expect(await machine.run(release.script, { env })).toMatchObject({ exitCode: 0 });
    expect(await machine.read(installer)).toBe("// the installer\n");
  });

  test("installs the library that Node needs, and fetches package lists only where that fails", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const apt = `printf '%s\\n' "$*" | grep -oE '(install libatomic1|update)$' >>"$HOMEROOM_ROOT/apt"`;
    const env = { HOMEROOM_REGISTRY: registry.url };
    await machine.remove(library);
    expect(await machine.run(release.script, { env, programs: { "apt-get": apt } })).toMatchObject({
      exitCode: 0,
    });
    expect(await machine.read("apt")).toBe("install libatomic1\n");

    // Everything is fetched but the library isn't there: that is mended too.
    await machine.remove("apt");
    const asked = registry.requests.length;
    const stale = `${apt}; case "$*" in *update) exit 0 ;; esac; [ "$(grep -c install "$HOMEROOM_ROOT/apt")" != 1 ] || exit 100`;
    expect(await machine.run(release.script, { env, programs: { "apt-get": stale } })).toMatchObject({
      exitCode: 0,
    });
    expect(await machine.read("apt")).toBe("install libatomic1\nupdate\ninstall libatomic1\n");
    expect(registry.requests).toHaveLength(asked);
  });

  test("says what to type where apt can't install it", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.remove(library);
    const programs = { "apt-get": "echo 'E: no mirror'; exit 100", sleep: "exit 0" };
    const ran = await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url }, programs });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("apt-get install libatomic1");
    expect(await machine.read("var/log/homeroom/install.log")).toContain("E: no mirror");
  });

  test("ends as the installer ends", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: registry.url, FAKE_INSTALL_EXIT: "78" };
    expect(await machine.run(release.script, { env })).toMatchObject({ exitCode: 78 });
  });

  test.each([
    ["NAME:PASSWORD", { args: ["--admin", "teacher:se cret:1"] }, "se cret:1"],
    ["the environment", { args: ["--admin=teacher"], env: { HOMEROOM_ADMIN_PASSWORD: "in env" } }, "in env"],
    ["no password", { args: ["--admin", "teacher"] }, "unset"],
  ])("hands the password on by the environment alone: %s", async (_name, options, password) => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: registry.url, ...("env" in options ? options.env : {}) };
    const ran = await machine.run(release.script, { args: options.args, env });
    expect(await machine.read("password")).toBe(password);
    expect(await machine.read("arguments")).toMatch(/install\n--admin\nteacher\n$/);
    expect(`${ran.stderr}${await machine.read("var/log/homeroom/install.log")}`).not.toContain(password);
  });

  test("no program but the installer sees the password", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.run(release.script, {
      args: ["--admin", "teacher"],
      env: { HOMEROOM_REGISTRY: registry.url, HOMEROOM_ADMIN_PASSWORD: "hunter2" },
      programs: {
        python3: `env >>"$HOMEROOM_ROOT/seen"; printf '%s\\n' "$@" >>"$HOMEROOM_ROOT/seen"; exec /usr/bin/python3 "$@"`,
      },
    });
    expect(await machine.read("password")).toBe("hunter2");
    expect(await machine.read("seen")).not.toContain("hunter2");
  });

  test("reads the password from a file, without its line end", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.write("home/password", "from file\n");
    await machine.run(release.script, {
      args: ["--admin", "teacher", "--admin-password-file", `${machine.root}/home/password`],
      env: { HOMEROOM_REGISTRY: registry.url },
    });
    expect(await machine.read("password")).toBe("from file");
  });

  test("takes another version with the hashes that the registry tells", async () => {
    const newer = await makeFakeRelease("10.0.0");
    await using registry = await startRegistry({
      packages: [...release.packages, ...newer.packages.slice(0, 1)],
    });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: registry.url };
    expect(await machine.run(release.script, { args: ["--version", "10.0.0"], env })).toMatchObject({
      exitCode: 0,
    });
    expect(await machine.read("arguments")).toContain("/opt/homeroom/releases/10.0.0/dist/homeroom.mjs\n");
    const missing = await machine.run(release.script, { args: ["--version", "11.0.0"], env });
    expect(missing).toMatchObject({ exitCode: 1 });
    expect(missing.stderr).toContain("doesn’t have homeroom 11.0.0");
  });
});

describe("where packages come from", () => {
  test("the registry and the token of npm's configuration", async () => {
    let authorization: string | undefined;
    await using registry = await startRegistry({
      packages: release.packages,
      intercept(request) {
        authorization = request.headers.authorization;
        return false;
      },
    });
    await using machine = await Machine.make();
    await machine.write("etc/npmrc", "registry=http://127.0.0.1:9/\n");
    await machine.write(
      "home/.npmrc",
      `# ours\nregistry = ${registry.url}/\n//127.0.0.1:${registry.port}/:_authToken=\${TOKEN}\n`,
    );
    expect(await machine.run(release.script, { env: { TOKEN: "abc" } })).toMatchObject({ exitCode: 0 });
    expect(authorization).toBe("Bearer abc");
  });

  test("npm_config_registry before the files, HOMEROOM_REGISTRY before all", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.write("etc/npmrc", "registry=http://127.0.0.1:9/\n");
    expect(await machine.run(release.script, { env: { npm_config_registry: registry.url } })).toMatchObject({
      exitCode: 0,
    });
    await machine.remove("opt/homeroom");
    const env = { npm_config_registry: "http://127.0.0.1:9/", HOMEROOM_REGISTRY: registry.url };
    expect(await machine.run(release.script, { env })).toMatchObject({ exitCode: 0 });
  });

  test("a proxy", async () => {
    const asked: (string | undefined)[] = [];
    await using proxy = await startRegistry({
      packages: release.packages,
      intercept(request) {
        asked.push(request.url);
        return false;
      },
    });
    await using machine = await Machine.make();
    const env = { HOMEROOM_REGISTRY: "http://registry.invalid", http_proxy: proxy.url };
    expect(await machine.run(release.script, { env })).toMatchObject({ exitCode: 0 });
    expect(asked).toContain(`http://registry.invalid/homeroom/-/homeroom-${release.version}.tgz`);
  });

  test("a mirror that keeps tarballs elsewhere", async () => {
    await using store = await startRegistry({ packages: release.packages });
    await using registry = await startRegistry({
      packages: release.packages,
      intercept(request, response) {
        const name = /^\/(homeroom|node-linux-\w+)\/(-\/)?/.exec(request.url ?? "");
        if (name?.[2] !== undefined) response.writeHead(404).end();
        else {
          const version = name?.[1] === "homeroom" ? release.version : "26.0.1";
          const tarball = `${store.url}/${name?.[1]}/-/${name?.[1]}-${version}.tgz`;
          response.end(JSON.stringify({ dist: { tarball } }));
        }
        return true;
      },
    });
    await using machine = await Machine.make();
    expect(await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url } })).toMatchObject({
      exitCode: 0,
    });
  });

  test("a download that breaks off is tried again", async () => {
    let broken = 0;
    await using registry = await startRegistry({
      packages: release.packages,
      intercept(request, response) {
        // The second request for Node: the first only tries whether it is there.
        if (request.url?.startsWith(`/${nodeName}/`) !== true || (broken += 1) !== 2) return false;
        response.writeHead(200, { "content-length": 1000 }).write("only this");
        setTimeout(() => response.destroy(), 20);
        return true;
      },
    });
    await using machine = await Machine.make();
    expect(await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url } })).toMatchObject({
      exitCode: 0,
    });
    expect(broken).toBeGreaterThan(2);
  });
});

describe("a fetch that fails", () => {
  test("a wrong hash: nothing is installed, nothing stays but the log", async () => {
    const forged = packageOf(
      { name: "homeroom", version: "9.8.7" },
      { "dist/homeroom.mjs": "// something else\n" },
    );
    await using registry = await startRegistry({ packages: [forged, ...release.packages.slice(1)] });
    await using machine = await Machine.make();
    const before = await machine.paths();
    const ran = await machine.run(release.script, { env: { HOMEROOM_REGISTRY: registry.url } });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(
      `homeroom 9.8.7 from ${registry.url}/homeroom/-/homeroom-9.8.7.tgz isn’t what was released`,
    );
    expect(ran.stderr).toContain("it stopped at: Fetch Node 26.0.1 and Homeroom 9.8.7");
    expect(ran.stderr).toContain(`${machine.root}/var/log/homeroom/install.log`);
    const added = (await machine.paths()).filter((path) => !before.includes(path));
    expect(added).toEqual(["var", "var/log", "var/log/homeroom", "var/log/homeroom/install.log"]);
    expect(await machine.read("var/log/homeroom/install.log")).toContain("Failure");
  });

  test("another run at the same time", async () => {
    await using registry = await startRegistry({ packages: release.packages });
    await using machine = await Machine.make();
    await machine.write("opt/homeroom/runtimes/keep", "");
    const holder = `import fcntl, os, subprocess, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
sys.exit(subprocess.run(sys.argv[2:]).returncode)`;
    const ran = await machine.run(release.script, {
      env: { HOMEROOM_REGISTRY: registry.url },
      programs: {
        python3: `exec /usr/bin/python3 -c '${holder}' "$HOMEROOM_ROOT/opt/homeroom/runtimes" /usr/bin/python3 "$@"`,
      },
    });
    expect(ran.exitCode).toBe(75);
    expect(ran.stderr).toContain("Another bootstrap.sh is fetching right now");
  });
});

describe("the offline file", () => {
  const unreachable = { HOMEROOM_REGISTRY: "http://127.0.0.1:9" };
  const files = [
    { path: `homeroom-${release.version}.tgz`, content: release.packages[0] ?? Buffer.alloc(0) },
    { path: `${nodeName}-26.0.1.tgz`, content: release.packages[1] ?? Buffer.alloc(0) },
    { path: "wheels/a-1-py3-none-any.whl", content: Buffer.from("wheel") },
  ];

  test("unpacked beside the script: nothing is asked of a registry", async () => {
    await using machine = await Machine.make();
    await machine.write("home/bootstrap.sh", release.script);
    for (const { path, content } of files) await machine.write(`home/${path}`, content);
    const ran = await machine.run("", { file: `${machine.root}/home/bootstrap.sh`, env: unreachable });
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(await machine.read("arguments")).toContain(`--offline\n${machine.root}/home/wheels\n`);
  });

  test("named: unpacked once, and handed to the installer", async () => {
    await using machine = await Machine.make();
    await machine.write("home/all.tar", Buffer.concat([...tarBlocks(files)]));
    const options = { args: ["--offline", `${machine.root}/home/all.tar`], env: unreachable };
    expect(await machine.run(release.script, options)).toMatchObject({ exitCode: 0 });
    const unpacked = `opt/homeroom/offline/${release.version}`;
    expect(await machine.read("arguments")).toContain(`--offline\n${machine.root}/${unpacked}/wheels\n`);
    expect(await machine.read(`${unpacked}/wheels/a-1-py3-none-any.whl`)).toBe("wheel");
    expect(await machine.run(release.script, options)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  test.each([
    ["of another version", files.slice(1), "doesn’t hold homeroom-9.8.7.tgz"],
    [
      "with a path that leaves it",
      [...files, { path: "../evil", content: Buffer.from("x") }],
      "doesn’t belong there",
    ],
    [
      "without Node",
      files.filter(({ path }) => !path.startsWith("node")),
      `doesn’t hold ${nodeName}-26.0.1.tgz`,
    ],
  ])("%s is refused, and nothing stays", async (_name, members, message) => {
    await using machine = await Machine.make();
    await machine.write("home/all.tar", Buffer.concat([...tarBlocks(members)]));
    const before = await machine.paths();
    const ran = await machine.run(release.script, {
      args: ["--offline", `${machine.root}/home/all.tar`],
      env: unreachable,
    });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(message);
    const added = (await machine.paths()).filter((path) => !before.includes(path) && !path.startsWith("var"));
    expect(added).toEqual([]);
  });
});
