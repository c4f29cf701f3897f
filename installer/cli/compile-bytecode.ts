import type { Host } from "../host/host.ts";

/**
 * Compiles both environments' modules after the hub answers, so that the install does not wait for it: a
 * transient unit of low priority that goes on when this command has ended. Each runs as the environment's owner.
 */
export async function compileBytecodeLater(host: Host): Promise<void> {
  const hub = (await host.list("/opt/homeroom/hub")).map((name) => `/opt/homeroom/hub/${name}`);
  await compile(host, "homeroom-bytecode-hub", "root", hub);
  await compile(host, "homeroom-bytecode-environment", "homeroom-env", ["/opt/homeroom/environment/"]);
}

async function compile(host: Host, unit: string, user: string, folders: readonly string[]): Promise<void> {
  await host.run(
    [
      "systemd-run",
      "--quiet",
      "--no-block",
      "--collect",
      `--unit=${unit}`,
      `--uid=${user}`,
      // Whoever logs in meanwhile comes first.
      "--property=CPUSchedulingPolicy=idle",
      "--property=UMask=0002",
      "--",
      "/usr/bin/python3",
      "-I",
      "-m",
      "compileall",
      "-q",
      "-j2",
      ...folders,
    ],
    { okCodes: [0, 1] },
  );
}
