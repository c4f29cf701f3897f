import { refOf } from "../resources/resource.ts";
import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

/** What people's terminals get: the shared environment's programs, and the way out of a broken home. */
export function addTerminal(state: StateBuilder, release: Release): void {
  const folder = "templates/terminal";
  state.file("/etc/profile.d/homeroom-environment.sh", textOf(release, `${folder}/homeroom-environment.sh`));
  state.file("/usr/local/bin/homeroom-reset-home", textOf(release, `${folder}/homeroom-reset-home`), [], {
    mode: "0755",
  });
  // Last in a server's PATH: whichever conda is installed comes before them.
  const commands = "/opt/homeroom/commands";
  for (const name of ["conda", "mamba"]) {
    const needs = [refOf("directory", commands)];
    state.file(`${commands}/${name}`, textOf(release, `${folder}/conda`), needs, { mode: "0755" });
  }
}
