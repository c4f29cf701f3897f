import type { Status } from "../status.ts";

interface Metric {
  name: string;
  help: string;
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/**
 * What Prometheus's text format (exposition format 0.0.4) says of a status. Bytes, seconds since 1970, and 0 or 1.
 * @param now milliseconds since 1970
 */
export function metricsText(status: Status, now: number): string {
  return metricsOf(status, now).map(inWords).join("");
}

function metricsOf(
  { healthy, pending, servers, present, memory, disks, generation, lastTask }: Status,
  now: number,
): Metric[] {
  const one = (value: number) => [[{}, value] as const];
  return [
    {
      name: "homeroom_healthy",
      help: "Whether the hub is well, seen through its front door.",
      samples: one(Number(healthy)),
    },
    {
      name: "homeroom_last_look_seconds",
      help: "When this was written.",
      samples: one(Math.floor(now / 1000)),
    },
    { name: "homeroom_servers", help: "Notebook servers that run.", samples: one(servers) },
    {
      name: "homeroom_server_memory_bytes",
      help: "Memory in use by one person's server.",
      samples: present.flatMap(({ account, memory: used }) =>
        used === undefined ? [] : [[{ account }, used] as const],
      ),
    },
    { name: "homeroom_memory_total_bytes", help: "Memory of the machine.", samples: one(memory.total) },
    {
      name: "homeroom_memory_free_bytes",
      help: "Memory that could still be used.",
      samples: one(memory.free),
    },
    {
      name: "homeroom_disk_total_bytes",
      help: "Size of a disk.",
      samples: disks.map(({ mount, total }) => [{ mount }, total] as const),
    },
    {
      name: "homeroom_disk_free_bytes",
      help: "Room on a disk.",
      samples: disks.map(({ mount, free }) => [{ mount }, free] as const),
    },
    { name: "homeroom_generation", help: "The generation in use.", samples: one(generation ?? 0) },
    {
      name: "homeroom_config_pending",
      help: "Whether the config differs from what is live.",
      samples: one(Number(pending)),
    },
    {
      name: "homeroom_last_task_ok",
      help: "Whether the last install, apply or upgrade came to its end.",
      samples:
        lastTask === undefined
          ? []
          : one(Number(lastTask.state === "completed" || lastTask.state === "running")),
    },
  ];
}

function inWords({ name, help, samples }: Metric): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);
}
