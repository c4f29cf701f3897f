import { describe, expect, test } from "vitest";
import { isBuiltFor, sharedEnvironment } from "../../../installer/desired/shared-environment.ts";
import { configFrom } from "../config/config-from.ts";
import { desiredFrom, treeRelease } from "./tree-release.ts";

const declared = (...packages: string[]) =>
  configFrom(`environment: { packages: ${JSON.stringify(packages)} }\n`);
const state = {
  lock: "0",
  python: "3.11",
  owner: "homeroom-env",
  group: "homeroom-admins",
  uv: "/uv",
};
/** An environment made for pandas, into which an admin has put astropy, and a wheel of their own. */
const inUse = {
  path: "/opt/homeroom/environments/old",
  state: { ...state, declared: ["pandas>=2"] },
  lock: "jupyterlab==4.6 \\\n    --hash=sha256:00\nnumpy==2.0\npandas==2.2\n",
  installed: [
    { name: "astropy", version: "7.0" },
    { name: "homework", version: "1", direct: "file:///home/jupyter-teacher/homework" },
    { name: "jupyterlab", version: "4.6" },
    { name: "numpy", version: "2.1" },
    { name: "pandas", version: "2.2" },
  ],
};

describe("the first environment", () => {
  test("without packages is the release's lock, word by word", () => {
    expect(sharedEnvironment(configFrom(""), treeRelease(), undefined)).toEqual({
      declared: [],
      source: false,
      lock: "jupyterlab==4.6\n",
    });
  });

  test("with packages is resolved: what servers need, at the release's versions, and the hub's JupyterHub", () => {
    expect(sharedEnvironment(declared("numpy", "pandas>=2"), treeRelease(), undefined)).toEqual({
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
    expect(isBuiltFor(inUse.state, declared(...packages))).toBe(answer);
  });

  test("is gone on from: what admins installed stays, at the versions that are there", () => {
    expect(sharedEnvironment(declared("pandas>=2", "scipy"), treeRelease(), inUse)).toMatchObject({
      lock: "astropy==7.0\njupyterlab==4.6\nnumpy==2.1\npandas==2.2\n",
      requirements: "jupyterhub==6.1\njupyterlab\npandas>=2\nscipy\nastropy\n",
    });
  });

  test("loses with a package what only that one needed", () => {
    const { requirements } = sharedEnvironment(declared(), treeRelease(), inUse);
    expect(requirements).toBe("jupyterhub==6.1\njupyterlab\nastropy\n");
  });

  test("asks once for what was installed by hand and then declared", () => {
    const { requirements } = sharedEnvironment(declared("Astropy>=6"), treeRelease(), inUse);
    expect(requirements).toBe("jupyterhub==6.1\njupyterlab\nAstropy>=6\n");
  });
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
