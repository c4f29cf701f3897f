import { textOf, type Release } from "./release.ts";
import type { StateBuilder } from "./state-builder.ts";

/** Where Debian's packages put theirs: each shell looks there, also one that is installed later. */
const places: Readonly<Record<string, readonly [top: string, inner: string, file: string]>> = {
  "homeroom.bash": ["/usr/share/bash-completion", "completions", "homeroom"],
  _homeroom: ["/usr/share/zsh", "vendor-completions", "_homeroom"],
  "homeroom.fish": ["/usr/share/fish", "vendor_completions.d", "homeroom.fish"],
};

/** What makes bash, zsh and fish complete the command `homeroom`. */
export function addShellCompletion(state: StateBuilder, release: Release): void {
  for (const [name, [top, inner, file]] of Object.entries(places)) {
    const folder = state.directory(`${top}/${inner}`, [state.directory(top)]);
    state.file(`${top}/${inner}/${file}`, textOf(release, `templates/completion/${name}`), [folder]);
  }
}
