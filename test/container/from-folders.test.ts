import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { HubClient } from "../hub-client.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

/** Each folder with what a notebook can do afterwards, and how it comes to the machine. */
const folders: readonly [name: string, how: "folder" | "zip" | "tar.gz" | "git", python: string][] = [
  ["notebooks-with-requirements", "folder", "import tabulate, six; tabulate.tabulate([[1]])"],
  ["conda-course", "git", "import networkx, yaml, cowsay; networkx.path_graph(3); cowsay.char_names"],
  ["demo-in-binder-folder", "folder", "import dateutil, humanize, inflection; humanize.intcomma(1000)"],
  [
    "pipenv-app-locked",
    "zip",
    "import itsdangerous, blinker, iniconfig; from importlib.metadata import version; assert version('blinker') == '1.8.2'",
  ],
  ["pipenv-app", "git", "import more_itertools, sortedcontainers, toolz"],
  ["package-in-src", "tar.gz", "import simple_plots; assert '1' in simple_plots.draw([1, 2, 1])"],
  [
    "package-with-setup-py",
    "git",
    "import course_tools, pyfiglet, wcwidth; assert course_tools.BUILT_BY == 'homeroom-env' and len(course_tools.ROWS) == 2",
  ],
  [
    "requirements-of-several-files",
    "zip",
    "import textdistance, pluggy, lab_tools; assert lab_tools.ANSWER == 42",
  ],
  ["packages-of-the-system", "folder", "import colorama"],
  ["tool-beside-dot-binder", "tar.gz", "import tool; assert tool.plain('\\u00e9') == 'e'"],
];

/** A run on one image takes those that the tests below come back to: each is an environment that is built. */
const inEachRun = new Set([
  "conda-course",
  "demo-in-binder-folder",
  "requirements-of-several-files",
  "packages-of-the-system",
  "tool-beside-dot-binder",
]);
const tried = folders.filter(([name]) => testImages.length > 1 || inEachRun.has(name));

const environment = "/opt/homeroom/environment";
/** Each builds an environment and tries servers from it: much where other work takes the processors. */
const building = { timeout: 10 * 60_000 };

/** One image is enough: nothing here differs between them but Python's version. */
describe.each(testImages.slice(0, 1))("what environment.from names, on %s", (image) => {
  let machine: Machine;
  let python: string;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "folders" });
    python = await shell(
      machine,
      "/usr/bin/python3 -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'",
    );
    await bringFolders();
    await shell(machine, "homeroom config add --no-apply users.allowed alice");
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** Everything below /srv/folders, as folder, archives and bare repository each. */
  async function bringFolders(): Promise<void> {
    const work = await mkdtemp(join(tmpdir(), "folders-"));
    try {
      const file = join(work, "folders.tar");
      await promisify(execFile)("tar", ["-C", join(import.meta.dirname, ".."), "-cf", file, "folders"]);
      await machine.copyIn(file, "/srv/folders.tar");
    } finally {
      await rm(work, { recursive: true });
    }
    await shell(
      machine,
      `cd /srv && tar --no-same-owner -xf folders.tar && cd folders && chmod -R a+rX . &&
       sed -i 's/@PYTHON@/${python.trim()}/' packages-of-the-system/runtime.txt &&
       for name in */; do name=\${name%/}
         tar -czf $name.tar.gz $name; /usr/bin/python3 -m zipfile -c $name.zip $name
         cp -r $name $name.work; cd $name.work
         git init -q -b main; git add .; git -c user.name=t -c user.email=t@example.org commit -qm first; cd ..
         git clone -q --bare $name.work $name.git
       done; chmod -R a+rX .`,
    );
  }

  function addressOf(name: string, how: string): string {
    if (how === "git") return `file:///srv/folders/${name}.git`;
    return how === "folder" ? `/srv/folders/${name}` : `/srv/folders/${name}.${how}`;
  }

  async function use(address: string): Promise<string> {
    const { stderr } = await machine.exec(["homeroom", "config", "set", `environment.from=${address}`], {
      timeoutMs: 8 * 60_000,
    });
    return stderr;
  }

  async function refused(command: string): Promise<string> {
    const before = await shell(machine, `readlink ${environment}; cat /etc/homeroom/config.yaml`);
    const { stderr } = await machine.exec(["sh", "-c", command], { okCodes: [1, 78], timeoutMs: 8 * 60_000 });
    expect(await shell(machine, `readlink ${environment}; cat /etc/homeroom/config.yaml`)).toBe(before);
    return stderr;
  }

  /** What Python says against it, as somebody who may only read the environment; "" where it runs. */
  async function failureOf(code: string): Promise<string> {
    const argv = ["runuser", "-u", "nobody", "--", `${environment}/bin/python`, "-I", "-c", code];
    return (await machine.exec(argv, { okCodes: [0, 1] })).stderr;
  }

  const said = new Map<string, string>();
  test.each(tried)("%s is built from a %s, and its imports run", building, async (name, how, code) => {
    said.set(name, await use(addressOf(name, how)));
    expect(await failureOf(code)).toBe("");
  });

  test("what was asked for and not done was said, with the file that asks", () => {
    expect(said.get("conda-course")).toMatch(
      /Not done: environment\.yml, graphviz: .*environment\.apt graphviz/,
    );
    expect(said.get("conda-course")).toMatch(/Not done: environment\.yml, channels bioconda/);
    expect(said.get("conda-course")).toMatch(/Not done: requirements\.txt: environment\.yml counts instead/);
    expect(said.get("requirements-of-several-files")).toMatch(
      /Not done: requirements\.txt, --extra-index-url: /,
    );
    expect(said.get("packages-of-the-system")).toMatch(/Not done: install\.R: R is not installed/);
    expect(said.get("packages-of-the-system")).toMatch(/Not done: start, in part: /);
  });

  test(
    "its own packages and those of the folders before are gone, but for what postBuild installed by hand",
    building,
    async () => {
      const { stdout } = await machine.exec(["homeroom", "env", "list", "--json"]);
      const why = new Map(
        (JSON.parse(stdout) as { name: string; why: string }[]).map((each) => [each.name, each.why]),
      );
      expect(why.get("tool")).toBe("from");
      for (const name of ["lab-tools", "course-tools", "simple-plots", "colorama", "networkx", "humanize"])
        expect([...why.keys()]).not.toContain(name);
      expect(why.get("inflection")).toBe("by hand");
      expect(await shell(machine, `cat ${environment}/share/built-with`)).toContain("/bin/python");
      expect(await shell(machine, "stat -c %U /var/lib/homeroom/sources")).toBe("homeroom-env\n");
    },
  );

  test("a repository: nothing to do until env apply fetches its new commit", building, async () => {
    const work = "/srv/folders/pipenv-app.work";
    await use("file:///srv/folders/pipenv-app.git");
    const commit = (message: string) =>
      `git -C ${work} -c user.name=t -c user.email=t@example.org commit -qam ${message} && git -C ${work} push -q ../pipenv-app.git main && chmod -R a+rX /srv/folders/pipenv-app.git`;
    await shell(machine, `sed -i 's/^toolz.*/toolz = "<1"/' ${work}/Pipfile && ${commit("older")}`);
    await machine.exec(["homeroom", "plan"]);
    const { stderr } = await machine.exec(["homeroom", "env", "apply", "--yes"], { timeoutMs: 8 * 60_000 });
    const head = (await shell(machine, `git -C ${work} rev-parse HEAD`)).trim();
    expect(stderr).toContain(`is at ${head.slice(0, 12)}.`);
    expect(stderr).toMatch(/v toolz +\S+ -> 0\.\S+ +downgraded/);
    expect(
      await failureOf("from importlib.metadata import version; assert version('toolz').startswith('0.')"),
    ).toBe("");
    // Where only names of packages count, another file beside them changes nothing.
    await shell(machine, `echo hello > ${work}/README.md && git -C ${work} add . && ${commit("words")}`);
    const link = await shell(machine, `readlink ${environment}`);
    const again = await machine.exec(["homeroom", "env", "apply", "--yes"]);
    expect(again.stderr).toContain("asks for nothing else than before");
    expect(await shell(machine, `readlink ${environment}`)).toBe(link);
    const shown = await machine.exec(["homeroom", "env", "show", "toolz"]);
    expect(shown.stdout).toContain("Pipfile of what environment.from names asks for it");
    await machine.exec(["homeroom", "env", "diff"], { okCodes: [0, 2] });
  });

  describe(
    "what goes wrong leaves the environment and the config as they were, and is named",
    building,
    () => {
      const bad = "/srv/bad";
      const folder = (name: string, file: string, text: string, mode = "644") =>
        shell(
          machine,
          `mkdir -p ${bad}/${name} && printf '%s' '${text}' > ${bad}/${name}/${file} && chmod ${mode} ${bad}/${name}/${file} && chmod a+rx ${bad} ${bad}/${name}`,
        );
      const set = (address: string) => `homeroom config set environment.from=${address}`;

      test("a repository that cannot be reached", async () => {
        expect(await refused(set("http://127.0.0.1:9/course.git"))).toMatch(
          /http:\/\/127\.0\.0\.1:9\/course\.git could not be fetched: git says: .*127\.0\.0\.1/,
        );
      });

      test("an archive that is none, and one with names that lead out", async () => {
        await folder("archives", "none.zip", "hello");
        expect(await refused(set(`${bad}/archives/none.zip`))).toContain(
          "none.zip could not be fetched: the archive cannot be read",
        );
        await shell(
          machine,
          `cd ${bad}/archives && /usr/bin/python3 -c 'import zipfile; zipfile.ZipFile("evil.zip", "w").writestr("../../evil", "x")'`,
        );
        expect(await refused(set(`${bad}/archives/evil.zip`))).toContain("a name that leads out of it");
      });

      test("a folder that only root may read", async () => {
        await shell(machine, `mkdir -p -m 700 /root/course && echo six > /root/course/requirements.txt`);
        expect(await refused(set("/root/course"))).toMatch(
          /homeroom-env may not look into[\s\S]*sudo cp -r \/root\/course \/srv\//,
        );
      });

      test("another Python, a package that does not exist, and two that do not go together", async () => {
        await folder("python", "runtime.txt", "python-3.6");
        expect(await refused(set(`${bad}/python`))).toContain(
          `runtime.txt asks for Python 3.6, and this machine's Python is ${python.trim()}`,
        );
        await folder("name", "requirements.txt", "no-such-package-of-anybody\n");
        expect(await refused(set(`${bad}/name`))).toMatch(
          /requirements\.txt of \/srv\/bad\/name asks for `no-such-package-of-anybody`/,
        );
        await folder("conflict", "requirements.txt", "toolz>=1\n");
        const both = `homeroom config set environment.from=${bad}/conflict 'environment.packages=["toolz<1"]'`;
        const words = await refused(both);
        expect(words).toContain("These packages cannot be installed together");
        expect(words).toContain("environment.packages asks for `toolz<1`");
        expect(words).toContain("requirements.txt of /srv/bad/conflict asks for `toolz>=1`");
      });

      test("a postBuild that fails, and one that hangs: its output is kept, and nothing of it runs on", async () => {
        await folder(
          "fails",
          "postBuild",
          '#!/bin/sh\necho "about to fail"; touch /etc/evil; exit 3\n',
          "755",
        );
        const words = await refused(set(`${bad}/fails`));
        expect(words).toContain("postBuild of /srv/bad/fails failed");
        expect(words).toContain("about to fail");
        expect(await shell(machine, "cat /var/log/homeroom/post-build.log")).toMatch(
          /about to fail\n.*Read-only file system/,
        );
        await folder("hangs", "postBuild", "#!/bin/sh\nid -un\n(setsid sleep 4242 &)\nsleep 4242\n", "755");
        await shell(machine, "homeroom config set environment.post_build_timeout=3");
        const late = await refused(set(`${bad}/hangs`));
        expect(late).toContain("postBuild of /srv/bad/hangs did not end within 3 s");
        expect(await shell(machine, "cat /var/log/homeroom/post-build.log")).toContain("\nhomeroom-env\n");
        expect(await shell(machine, "pgrep -f 'sleep [4]242' || echo none")).toBe("none\n");
      });

      test("a package of the folder's own that cannot be built", async () => {
        await folder("setup", "setup.py", 'raise SystemExit("not today")\n');
        expect(await refused(set(`${bad}/setup`))).toMatch(
          /own package \(setup\.py\) could not be built[\s\S]*not today/,
        );
      });
    },
  );

  test("a server has what start sets, but for what is the hub's", building, async () => {
    await use("/srv/folders/packages-of-the-system");
    await shell(machine, "homeroom apply --yes");
    const alice = new HubClient(`${machine.url}/`);
    await alice.login("alice", "password-of-alice");
    await alice.startServer("alice");
    expect(
      await alice.run("alice", "import os; (os.environ['COURSE_DATA'], os.environ['JUPYTERHUB_USER'])"),
    ).toBe("('/srv/data', 'alice')");
    expect(await shell(machine, "tree --version")).toContain("tree");
  });

  test("the environment of before comes back whole, own packages and all", building, async () => {
    await use("/srv/folders/package-in-src.tar.gz");
    await use("/srv/folders/notebooks-with-requirements");
    await machine.exec(["homeroom", "env", "restore", "--yes"], { timeoutMs: 8 * 60_000 });
    expect(await failureOf("import simple_plots; simple_plots.draw([1, 2])")).toBe("");
  });

  test(
    "an address of before that cannot be reached any more gives what was fetched of it then",
    building,
    async () => {
      await shell(machine, "mv /srv/folders/package-in-src.tar.gz /srv/folders/package-elsewhere.tar.gz");
      const stderr = await use("/srv/folders/package-in-src.tar.gz");
      expect(stderr).toMatch(
        /there is no \/srv\/folders\/package-in-src\.tar\.gz[\s\S]*Going on with what was fetched of it before/,
      );
      expect(await failureOf("import simple_plots")).toBe("");
    },
  );

  test("without environment.from its packages go", building, async () => {
    await machine.exec(["homeroom", "config", "unset", "environment.from"], { timeoutMs: 8 * 60_000 });
    expect(await failureOf("import asciichartpy")).toContain("No module named 'asciichartpy'");
    expect(await failureOf("import simple_plots")).toContain("No module named 'simple_plots'");
    expect(await shell(machine, `ls ${environment}/share/homeroom || true`)).toBe("");
  });
});
