import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

/** What people's terminals get: the shared environment's programs, and the way out of a broken home. */
export function addTerminal(state: StateBuilder, release: Release): void {
  const folder = "templates/terminal";
  state.file("/etc/profile.d/homeroom-environment.sh", textOf(release, `${folder}/homeroom-environment.sh`));
  state.file("/usr/local/bin/homeroom-reset-home", textOf(release, `${folder}/homeroom-reset-home`), [], {
    mode: "0755",
  });
}
