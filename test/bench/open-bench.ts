import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { find, up, type Machine } from "../../installer/sandbox/machine.ts";
import type { MachineImage } from "../../installer/sandbox/state.ts";
import { bootstrap, serveRelease, shell } from "../installed-machine.ts";
import { describeMachine, describePackages, readAbout } from "./about.ts";
import type { Bench } from "./row.ts";
import { copyStockHub, installStockHub, stockHubHash } from "./stock-hub.ts";
import { untilHealthy } from "./until-healthy.ts";

export interface OpenBench extends Bench, AsyncDisposable {
  /** The machine, the image, and the versions on the machines that were made, in a line. */
  describe: () => Promise<string>;
}

/** Who may log in to our hub; the stock hub lets everybody in who comes. */
export const students = Array.from({ length: 20 }, (_, index) => `s${`${index + 1}`.padStart(2, "0")}`);

/** Opens a bench; machines are made when a row asks for them, and taken away at its end unless `keep` says otherwise. */
export async function openBench(options: {
  root: string;
  image: MachineImage;
  rounds: number;
  keep: boolean;
}): Promise<OpenBench> {
  const { root, image, rounds, keep } = options;
  const registry = await serveRelease();
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const made = new Map<string, Promise<Machine>>();
  const once = (name: string, install: (machine: Machine) => Promise<void>): Promise<Machine> => {
    const machine = made.get(name) ?? keptOrNew(name, image, keep, say, install);
    made.set(name, machine);
    return machine;
  };
  const installOurs = async (machine: Machine) => {
    await bootstrap(machine, registry);
    // pip has compiled the stock hub's before it ends.
    const compiling = "systemctl is-active --quiet 'homeroom-bytecode-*'";
    await shell(machine, `while ${compiling}; do sleep 0.5; done`);
  };
  return {
    root,
    image,
    rounds,
    registry,
    say,
    ours: async () =>
      once(`bench-ours-${image}-${await releaseHash(root)}`, async (machine) => {
        await installOurs(machine);
        await shell(machine, `homeroom config add users.allowed ${students.join(" ")}`);
      }),
    school: async () =>
      once(`bench-school-${image}-${await releaseHash(root)}`, async (machine) => {
        await installOurs(machine);
        const roster = `{ echo username; seq -f student%g 5000; }`;
        await shell(machine, `(umask 077; ${roster} >/etc/homeroom/roster.csv); homeroom apply --yes`);
      }),
    stock: async () =>
      once(`bench-stock-${image}-${await stockHubHash()}`, async (machine) => {
        await copyStockHub(machine, root);
        await installStockHub(machine);
        await untilHealthy(machine);
      }),
    async describe() {
      const { node, proxy } = await readAbout(root);
      const packages = await Promise.all(
        [...made].map(async ([name, machine]) => {
          const side = name.startsWith("bench-stock") ? "stock" : "ours";
          const python =
            side === "ours" ? "/opt/homeroom/environment/bin/python" : "/opt/stock/user/bin/python";
          return `${side}: ${await describePackages(await machine, python)}`;
        }),
      );
      return [
        `${describeMachine()}; ${image}; Node ${node}, configurable-http-proxy ${proxy}`,
        ...new Set(packages),
      ].join("; ");
    },
    async [Symbol.asyncDispose]() {
      if (!keep) for (const machine of made.values()) await (await machine).down();
      await registry[Symbol.asyncDispose]();
    },
  };
}

/** A machine of that name that an earlier run kept, or one that is made now. */
async function keptOrNew(
  name: string,
  image: MachineImage,
  keep: boolean,
  say: (line: string) => void,
  install: (machine: Machine) => Promise<void>,
): Promise<Machine> {
  const kept = keep ? await find(name).catch(() => undefined) : undefined;
  if (kept !== undefined) return kept;
  say(`making ${name}`);
  const machine = await up({ name, image });
  try {
    await install(machine);
  } catch (error) {
    await machine.down();
    throw error;
  }
  return machine;
}

/** Changes with everything that makes our hub. */
async function releaseHash(root: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(root, "build/bootstrap.sh")));
  return hash.digest("hex").slice(0, 6);
}
