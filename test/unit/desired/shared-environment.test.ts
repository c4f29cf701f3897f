import { describe, expect, test } from "vitest";
import {
  installedByHand,
  isBuiltFor,
  sharedEnvironment,
} from "../../../installer/desired/shared-environment.ts";
import type { Snapshot } from "../../../installer/resources/snapshots.ts";
import { configFrom } from "../config/config-from.ts";
import { desiredFrom, treeRelease, trixie } from "./tree-release.ts";

const declared = (...packages: string[]) =>
  configFrom(`environment: { packages: ${JSON.stringify(packages)} }\n`);
const state = {
  lock: "0",
  python: "3.11",
  owner: "homeroom-env",
  group: "homeroom-admins",
  uv: "/uv",
};
const snapshot: Snapshot = {
  version: 1,
  id: "20261125-101112",
  created: "2026-11-25T10:11:12+00:00",
  environment: "/opt/homeroom/environments/old",
  who: ["teacher"],
  what: null,
  python: "3.11",
  packages: [
    { name: "astropy", version: "7.0", needs: [["astropy-data", [], null]] },
    { name: "astropy-data", version: "1", needs: [] },
    {
      name: "homework",
      version: "1",
      direct: "file:///home/jupyter-teacher/homework",
      needs: [],
      copied: true,
    },
    { name: "jupyterlab", version: "4.6", needs: [["tornado", [], null]] },
    { name: "tornado", version: "6.5", needs: [["jupyterlab", [], null]] },
    { name: "numpy", version: "2.1", needs: [] },
    {
      name: "pandas",
      version: "2.2",
      needs: [
        ["numpy", [], null],
        ["lxml", [], "xml"],
      ],
    },
    { name: "lxml", version: "6", needs: [] },
  ],
  lock: "astropy==7.0 --hash=sha256:00\njupyterlab==4.6\nnumpy==2.1\npandas==2.2\n",
  copies: [["lib/python3.11/site-packages/homework.py", "hash", 1, 0o664, null]],
  omitted: [],
  damaged: [],
};
/** An environment made for pandas, into which an admin has put astropy, and a wheel of their own. */
const inUse = {
  path: "/opt/homeroom/environments/old",
  state: { ...state, declared: ["pandas>=2"] },
  lock: "jupyterlab==4.6 \\\n    --hash=sha256:00\nnumpy==2.0\npandas==2.2\n",
  snapshot,
};

describe("the first environment", () => {
  test("without packages is the release's lock, word by word", () => {
    expect(sharedEnvironment(configFrom(""), treeRelease(), {})).toEqual({
      declared: [],
      source: false,
      lock: "jupyterlab==4.6\n",
    });
  });

  test("with packages is resolved: what servers need, at the release's versions, and the hub's JupyterHub", () => {
    expect(sharedEnvironment(declared("numpy", "pandas>=2"), treeRelease(), {})).toEqual({
      declared: ["numpy", "pandas>=2"],
      source: false,
      lock: "jupyterlab==4.6\n",
      requirements: "jupyterhub==6.1\njupyterlab\nnumpy\npandas>=2\n",
    });
  });
});

describe("an environment that is in use", () => {
  test.each([
    [["pandas>=2"], true],
    [[], false],
    [["pandas>=2", "numpy"], false],
    [["pandas>=3"], false],
  ])("is built for %j: %s", (packages, answer) => {
    expect(isBuiltFor(inUse.state, declared(...packages), inUse.state.python)).toBe(answer);
  });

  test("is built for the Python that the system had; another one builds it anew, as far as there is a build", () => {
    expect(isBuiltFor(inUse.state, declared("pandas>=2"), "3.13")).toBe(false);
    const shared = (facts: Partial<Parameters<typeof desiredFrom>[1]>) =>
      desiredFrom("environment: { packages: ['pandas>=2'] }\n", {
        environmentInUse: inUse,
        ...facts,
      }).resources.find(
        ({ kind, id }) => kind === "python-environment" && id.startsWith("/opt/homeroom/environments/"),
      );
    expect(shared({})).toMatchObject({ id: inUse.path, state: inUse.state });
    const anew = shared({ facts: trixie });
    expect(anew?.id).not.toBe(inUse.path);
    expect(anew?.state).toMatchObject({ python: "3.13", leaveOut: true, copies: snapshot.id });
    const changed = shared({ environmentInUse: { ...inUse, state: { ...inUse.state, declared: [] } } });
    expect(changed?.state).not.toHaveProperty("leaveOut");
  });

  test("is gone on from: what admins installed stays, at the versions that are there", () => {
    expect(sharedEnvironment(declared("pandas>=2", "scipy"), treeRelease(), { inUse })).toMatchObject({
      lock: snapshot.lock,
      copies: snapshot.id,
      requirements: "jupyterhub==6.1\njupyterlab\npandas>=2\nscipy\nastropy\nlxml\n",
    });
  });

  test("loses with a package what only that one needed", () => {
    const { requirements } = sharedEnvironment(declared(), treeRelease(), { inUse });
    expect(requirements).toBe("jupyterhub==6.1\njupyterlab\nastropy\nlxml\n");
  });

  test("asks once for what was installed by hand and then declared", () => {
    const { requirements } = sharedEnvironment(declared("Astropy>=6"), treeRelease(), { inUse });
    expect(requirements).toBe("jupyterhub==6.1\njupyterlab\nAstropy>=6\nlxml\n");
  });
});

test("a snapshot is given back word by word, with what no index gives", () => {
  expect(sharedEnvironment(declared("scipy"), treeRelease(), { inUse, restored: snapshot })).toEqual({
    declared: ["scipy"],
    source: false,
    lock: snapshot.lock,
    copies: snapshot.id,
  });
});

test("what an extra brings is needed where the extra is asked for", () => {
  expect(installedByHand(inUse, ["pandas>=2"], treeRelease()).map(({ name }) => name)).toEqual([
    "astropy",
    "lxml",
  ]);
  expect(installedByHand(inUse, ["pandas[xml]"], treeRelease()).map(({ name }) => name)).toEqual(["astropy"]);
});

describe("the desired state", () => {
  const environments = (text: string, changes = {}) =>
    desiredFrom(text, changes).resources.filter(
      ({ kind, id }) => kind === "python-environment" && id.startsWith("/opt/homeroom/environments/"),
    );

  test("builds beside what is in use, never under its name", () => {
    const scipy = "environment: { packages: [scipy] }\n";
    const [first] = environments(scipy);
    const [next] = environments(scipy, { environmentInUse: { ...inUse, path: first?.id } });
    expect(next?.id).not.toBe(first?.id);
    expect(next?.state).toMatchObject({ declared: ["scipy"], owner: "homeroom-env", python: "3.11" });
  });

  test("gives a snapshot back beside what is in use, even where the config asks for nothing new", () => {
    const text = 'environment: { packages: ["pandas>=2"] }\n';
    const [restored] = environments(text, { environmentInUse: inUse, rebuild: { restored: snapshot } });
    expect(restored?.id).not.toBe(inUse.path);
    expect(restored?.state).toMatchObject({ copies: snapshot.id, declared: ["pandas>=2"] });
    expect(environments(text, { environmentInUse: inUse })).toHaveLength(1);
    expect(environments(text, { environmentInUse: inUse })[0]?.id).toBe(inUse.path);
  });

  test("installs Debian's packages before anything is built against them", () => {
    const state = desiredFrom("environment: { apt: [graphviz], source_packages: true }\n");
    expect(state.resources).toContainEqual(
      expect.objectContaining({ kind: "apt-package", id: "graphviz", state: { installed: true } }),
    );
    const [environment] = environments("environment: { apt: [graphviz], source_packages: true }\n");
    expect(environment?.needs).toContain("apt-package:graphviz");
    expect(environment?.state).toMatchObject({ source: true });
  });
});
