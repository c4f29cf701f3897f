import { join } from "node:path";
import type { Machine } from "../../../installer/sandbox/machine.ts";
import type { Figure } from "../figure.ts";
import type { Row } from "../row.ts";

const folder = "/root/bench-config";
const sizes = [50, 5000] as const;

/** Looking at the config and changing it, beside the start of an empty program on the same Node. */
export const config: Row = {
  name: "config",
  async measure({ ours, rounds }) {
    const machine = await ours();
    const samples = await timeCommands(machine, Math.max(rounds * 4, 20));
    const empty = { name: "empty Node program", samples: samples["empty"] ?? [] };
    const figures = (command: string, ratio: number): Figure[] => {
      const [few = [], many = []] = sizes.map((size) => samples[`${command} ${size}`]);
      return [
        { what: `config ${command}, 50 people`, unit: "s", ours: few, beside: empty, must: { ratio } },
        {
          what: `config ${command}, 5,000 people`,
          unit: "s",
          ours: many,
          beside: { name: "50 people", samples: few },
          must: { ratio: 2 },
        },
      ];
    };
    return [...figures("check", 3), ...figures("show", 3), ...figures("set --no-apply", 5)];
  },
};

/** Wall seconds by name; the commands take turns. */
async function timeCommands(machine: Machine, rounds: number): Promise<Record<string, number[]>> {
  await machine.exec(["mkdir", "-p", folder]);
  await write(machine, `${folder}/empty.mjs`, "");
  const node = (await machine.exec(["sh", "-c", "ls -d /opt/homeroom/runtimes/*/bin/node"])).stdout.trim();
  const commands: Record<string, string[]> = { empty: [node, `${folder}/empty.mjs`] };
  for (const size of sizes) {
    const root = `${folder}/${size}`;
    const file = `${root}/etc/homeroom/config.yaml`;
    await machine.exec(["mkdir", "-p", `${root}/etc/homeroom`]);
    await write(machine, file, classOf(size));
    commands[`check ${size}`] = ["homeroom", "config", "check", file];
    commands[`show ${size}`] = ["homeroom", "config", "show", "--file", file];
    // {} is the number of the round: each writes.
    commands[`set --no-apply ${size}`] = [
      "homeroom",
      "--root",
      root,
      "config",
      "set",
      "--no-apply",
      "limits.cpu=1.{}",
    ];
  }
  await machine.copyIn(join(import.meta.dirname, "../time_commands.py"), `${folder}/time_commands.py`);
  const { stdout } = await machine.exec(["python3", "-I", `${folder}/time_commands.py`, `${rounds}`], {
    input: JSON.stringify(commands),
  });
  return JSON.parse(stdout) as Record<string, number[]>;
}

async function write(machine: Machine, path: string, content: string): Promise<void> {
  await machine.exec(["sh", "-c", 'cat >"$1"', "write", path], { input: content });
}

function classOf(size: number): string {
  const people = Array.from({ length: size }, (_, index) => `    - student${index + 1000}\n`);
  return `# a class
users:
  admin:
    - teacher
  allowed:
${people.join("")}limits:
  memory: 1G
  cpu: 1.5
services:
  cull:
    timeout: 1800
`;
}
