import { HomeroomError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readDpkg } from "../resources/dpkg-status.ts";
import { purgeCommand } from "./packages.ts";
import { commandPath, programTree } from "./removal-plan.ts";

const unit = "homeroom-uninstall.service";
const unitPath = `/etc/systemd/system/${unit}`;
const wantedPath = `/etc/systemd/system/multi-user.target.wants/${unit}`;

/**
 * Takes away the command and what it needs to start. Nothing of Homeroom could finish that after a kill or a power
 * cut, so systemd does it, by a unit that is there after a reboot, too, and takes itself away last.
 */
export async function removeProgram(host: Host, lastPackages: readonly string[]): Promise<void> {
  await host.write(unitPath, unitText(lastPackages), { mode: 0o644, uid: 0, gid: 0 });
  await host.link(wantedPath, unitPath);
  await host.run(["systemctl", "daemon-reload"]);
  await host.run(["systemctl", "start", unit], { timeoutMs: 20 * 60_000 });
  await host.run(["systemctl", "daemon-reload"]);
  const left = [...(await readDpkg(host, lastPackages))].flatMap(([name, { installed }]) =>
    installed ? [name] : [],
  );
  if (left.length > 0) {
    throw new HomeroomError(
      `Homeroom is gone, but Debian's package ${left.join(" ")} could not be removed.`,
      {
        remedy: `Type: sudo apt-get purge ${left.join(" ")}`,
      },
    );
  }
}

function unitText(lastPackages: readonly string[]): string {
  return [
    "[Unit]",
    "Description=Homeroom: the last step of its removal",
    "",
    "[Service]",
    "Type=oneshot",
    "TimeoutStartSec=20min",
    "Environment=DEBIAN_FRONTEND=noninteractive",
    `ExecStart=/bin/rm -rf -- ${programTree} ${commandPath}`,
    // Without it nothing is broken: the unit goes in any case.
    ...(lastPackages.length === 0 ? [] : [`ExecStart=-/usr/bin/${purgeCommand(lastPackages).join(" ")}`]),
    `ExecStart=/bin/rm -f -- ${wantedPath} ${unitPath}`,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}
