import { environmentLink } from "../../desired/python.ts";
import { error, type Check } from "../check.ts";
import { runAsEnvironment } from "./run-as-environment.ts";

/** What a server and its kernels are made of. */
const modules = ["jupyterlab", "jupyter_server", "jupyterhub.singleuser", "ipykernel"];
const program = `import importlib
for name in ${JSON.stringify(modules)}:
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(name, type(error).__name__, str(error).splitlines()[0] if str(error) else "", sep="\\t")
`;

/** The packages that every server needs can be imported. */
export const environmentImports: Check = {
  id: "environment-imports",
  title: "Packages that every server needs",
  area: "environment",
  async examine({ host, generation }) {
    if (generation === undefined || (await host.stat(environmentLink)) === undefined) return [];
    const { stdout, stderr, exitCode } = await runAsEnvironment(host, [
      `${environmentLink}/bin/python`,
      "-I",
      "-c",
      program,
    ]);
    const remedy =
      "Install it again from an admin's terminal (pip install --force-reinstall NAME), or build the environment anew.";
    if (exitCode !== 0) {
      return [
        error(
          `The shared environment's Python does not start: ${stderr.trim().split("\n").at(-1) ?? ""}`,
          remedy,
        ),
      ];
    }
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [name = "", kind = "", words = ""] = line.split("\t");
        return error(
          `${name} cannot be imported from the shared environment (${kind}: ${words}).`,
          remedy,
          name,
        );
      });
  },
};
