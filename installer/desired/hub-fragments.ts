import { hashOf } from "../resources/hash.ts";
import { refOf, type ResourceRef } from "../resources/resource.ts";
import type { HubTrialState } from "../resources/hub-trial.ts";
import { UnitFile } from "../systemd/unit-file.ts";
import { hashesBelow, textOf, type Release } from "./release.ts";
import type { FileRights, StateBuilder } from "./state-builder.ts";

const compiled = "/var/lib/homeroom/compiled";
const copies = `${compiled}/jupyterhub_config.d`;
const unitPath = "templates/units/homeroom-hub.service";

/** Of the hub's unit, what says how a service runs and not what it may do. */
const notForTrial =
  /^(?:Type|NotifyAccess|Slice|Sockets|WorkingDirectory|ReadWritePaths|Exec\w+|Watchdog\w+|Timeout\w+|Restart\w*|OOMScoreAdjust|SyslogIdentifier)$/;

export interface FragmentInputs {
  /** Texts by file name. */
  fragments: ReadonlyMap<string, string>;
  release: Release;
  /** The hub's environment: "/opt/homeroom/hub/<hash>". */
  hub: string;
  hubJson: string;
  rights: FileRights;
  /** What a dry start stands on: the environment, the compiled files, the hub's account. */
  needs: readonly ResourceRef[];
}

/** The admin's own configuration of the hub, as copies that the hub reads: written once a dry start went well. */
export function addHubFragments(state: StateBuilder, inputs: FragmentInputs): ResourceRef[] {
  const { fragments, release, hub, hubJson, rights, needs } = inputs;
  if (fragments.size === 0) return [];
  const trial: HubTrialState = {
    hub,
    scripts: `${release.folder}/templates/hub`,
    scriptsHash: hashOf(hashesBelow(release, "templates/hub").join("\n")),
    hubJson: hashOf(hubJson),
    fragments: Object.fromEntries([...fragments].map(([name, text]) => [name, state.content(text)])),
    properties: new UnitFile(textOf(release, unitPath))
      .assignments("Service")
      .filter(({ key }) => !notForTrial.test(key))
      .map(({ key, value }) => `${key}=${value}`),
  };
  const tried = state.add("hub-trial", hashOf(JSON.stringify(trial)).slice(0, 16), trial, needs);
  const folder = state.directory(copies, [refOf("directory", compiled), tried], {
    ...rights,
    mode: "0750",
  });
  return [...fragments].map(([name, text]) => state.file(`${copies}/${name}`, text, [folder, tried], rights));
}
