import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Status } from "../../../installer/cli/status.ts";
import { look, nothingSeen, readWatched } from "../../../installer/cli/watch/changes-of-health.ts";
import { metricsText } from "../../../installer/cli/watch/metrics.ts";
import { tell } from "../../../installer/cli/watch/tell.ts";
import type { CanaryLook } from "../../../installer/health/canary.ts";
import { FakeHost } from "../../fake-host.ts";

const status: Status = {
  healthy: true,
  problems: [],
  address: "http://10.0.0.1/",
  release: "1.0.0",
  generation: 7,
  pending: false,
  file: "live",
  fragments: [],
  servers: 2,
  present: [
    { account: "jupyter-alice", memory: 1000 },
    { account: 'jupyter-"b\\', memory: undefined },
  ],
  memory: { total: 4000, free: 1000 },
  disks: [{ mount: "/", total: 9000, free: 100 }],
  scheduled: [],
  certificate: { until: "2026-01-10T00:00:00.000Z", days: 40 },
  copy: {
    at: "2025-12-02T02:00:00Z",
    error: "the disk is full",
    good: { at: "2025-12-01T02:00:00Z", snapshot: "4f3c21aa", bytes: 10, files: 1 },
  },
  lastTask: { id: "1", command: "apply", state: "undone" },
};

const canary: CanaryLook = {
  at: "2026-12-01T10:00:00Z",
  works: false,
  seconds: { login: 0.25 },
  failed: "server",
  why: "x",
};

test.each([
  ["well all the time", "wwww", "----"],
  ["away for one look", "wbww", "----"],
  ["trouble, then well", "bbbbww", "-t--t-"],
  ["on and off", "bwbwbbw", "-----tt"],
])("%s", (_what, looks, told) => {
  let seen = nothingSeen;
  const said = Array.from(looks, (one) => {
    const { after, tell: isNews } = look(seen, one === "w");
    seen = readWatched(JSON.stringify(after));
    return isNews ? "t" : "-";
  });
  expect(said.join("")).toBe(told);
});

test("a damaged record counts as none", () => {
  expect(readWatched('{"toldHealthy":')).toEqual(nothingSeen);
  expect(readWatched('{"toldHealthy":"no","bad":1}')).toEqual(nothingSeen);
});

test("figures as Prometheus reads them", () => {
  const text = metricsText(status, 1_764_000_000_999, canary);
  expect(text).toContain("# TYPE homeroom_healthy gauge\nhomeroom_healthy 1\n");
  expect(text).toContain('homeroom_server_memory_bytes{account="jupyter-alice"} 1000\n');
  expect(text).toContain('homeroom_disk_free_bytes{mount="/"} 100\n');
  expect(text).toContain("homeroom_last_look_seconds 1764000000\n");
  expect(text).toContain("homeroom_last_task_ok 0\n");
  expect(text).toContain("homeroom_canary_works 0\n");
  expect(text).toContain('homeroom_canary_step_seconds{step="login"} 0.25\n');
  expect(text).toContain("homeroom_last_copy_seconds 1764554400\n");
  expect(text).toContain("homeroom_certificate_days 40\n");
  expect(text).toContain("homeroom_last_copy_ok 0\n");
  for (const line of text.trimEnd().split("\n"))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"\})? -?[\d.]+)$/);
  expect(metricsText(status, 0, { ...canary, full: true })).not.toContain("homeroom_canary");
});

test.each(["grafana-dashboard.json", "alert-rules.yaml"])("%s asks for figures that are written", (name) => {
  const written = new Set(metricsText(status, 0, canary).match(/^homeroom_\w+/gm));
  const text = readFileSync(join(import.meta.dirname, "../../../templates/monitoring", name), "utf8");
  const asked = new Set(text.match(/\bhomeroom_\w+/g));
  expect(asked.size).toBeGreaterThan(4);
  expect([...asked].filter((metric) => !written.has(metric))).toEqual([]);
});

test("whoever wants to know is told, each in their way, and what fails is named without its address", async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(request.url === "/ok" ? 204 : 500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const machine = new FakeHost({}, { "/bin/sh": () => "" });
  const message = { healthy: false, problems: [{ message: "The hub is away.", remedy: "Type: x" }] };
  expect(await tell(machine, { webhook: `${site}/ok`, command: "mail me" }, message)).toEqual([]);
  expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ healthy: false, problems: message.problems });
  expect(machine.ran).toEqual([["/bin/sh", "-c", "mail me"]]);
  expect(machine.ranWith[0]?.input).toMatch(/needs you\.\nThe hub is away\.\n {2}Type: x\n$/);
  expect(await tell(machine, { webhook: `${site}/secret`, command: null }, message)).toEqual([
    "alerts.webhook failed: it answered 500",
  ]);
  server.close();
});
