import type { CanaryLook } from "../../health/canary.ts";
import type { Status } from "../status.ts";

interface Metric {
  name: string;
  help: string;
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/**
 * What Prometheus's text format (exposition format 0.0.4) says of a status. Bytes, seconds since 1970, and 0 or 1.
 * @param now milliseconds since 1970
 * @param canary what the last look by the canary came to
 */
export function metricsText(status: Status, now: number, canary?: CanaryLook): string {
  return [...metricsOf(status, now), ...canaryMetrics(canary)].map(inWords).join("");
}

function metricsOf(
  { healthy, pending, servers, present, memory, disks, generation, lastTask, copy, certificate }: Status,
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
      name: "homeroom_certificate_days",
      help: "Whole days until the certificate of the front door ends.",
      samples: certificate === undefined ? [] : one(certificate.days),
    },
    {
      name: "homeroom_last_copy_seconds",
      help: "When the last copy was made that worked.",
      samples: copy?.good === undefined ? [] : one(Math.floor(Date.parse(copy.good.at) / 1000)),
    },
    {
      name: "homeroom_last_copy_ok",
      help: "Whether the last try at a copy worked.",
      samples: copy === undefined ? [] : one(Number(copy.error === undefined)),
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

function canaryMetrics(look: CanaryLook | undefined): Metric[] {
  if (look === undefined || look.full === true) return [];
  const one = (value: number) => [[{}, value] as const];
  return [
    {
      name: "homeroom_canary_works",
      help: "Whether somebody could log in, start a server and compute, tried once an hour.",
      samples: one(Number(look.works)),
    },
    {
      name: "homeroom_canary_last_look_seconds",
      help: "When that was tried.",
      samples: one(Math.floor(Date.parse(look.at) / 1000)),
    },
    {
      name: "homeroom_canary_step_seconds",
      help: "How long each step of it took.",
      samples: Object.entries(look.seconds).map(([step, value]) => [{ step }, value] as const),
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
