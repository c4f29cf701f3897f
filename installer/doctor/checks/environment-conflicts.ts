import { environmentLink } from "../../desired/python.ts";
import { warning, type Check } from "../check.ts";
import { runAsEnvironment } from "./run-as-environment.ts";

/** So many conflicts are shown; one wrong package often makes many. */
const shown = 5;

/** Packages of the shared environment agree about each other's versions. */
export const environmentConflicts: Check = {
  id: "environment-conflicts",
  title: "Packages that need other versions of each other",
  area: "environment",
  async examine({ host, generation }) {
    const built = generation?.resources.find(
      ({ kind, id }) => kind === "wheel-program" && id.endsWith("/uv"),
    );
    if (built === undefined || (await host.stat(environmentLink)) === undefined) return [];
    const argv = [
      built.id,
      "pip",
      "check",
      "--no-cache",
      "--no-config",
      "--color",
      "never",
      "--python",
      `${environmentLink}/bin/python`,
    ];
    const { exitCode, stderr } = await runAsEnvironment(host, argv);
    if (exitCode === 0) return [];
    const conflicts = stderr.split("\n").filter((line) => line.startsWith("The package "));
    const more =
      conflicts.length > shown
        ? [warning(`${conflicts.length - shown} more conflicts of packages.`, "`uv pip check` lists them.")]
        : [];
    return [
      ...conflicts
        .slice(0, shown)
        .map((line) => warning(line, "In an admin's terminal: pip install the version that it asks for.")),
      ...more,
    ];
  },
};
