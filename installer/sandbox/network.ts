import type { Host } from "../host/host.ts";
import { stateDirectory, type MachineNetwork } from "./state.ts";

/** Tried in turn until one is not in use here already; each machine gets a /30 of it. */
const prefixes = ["10.213", "10.214", "10.87"];

const directory = `${stateDirectory}/networks`;

type OwnNetwork = Extract<MachineNetwork, { mode: "own" }>;

/**
 * Takes a free /30 for a machine. The claim is a link that names its owner, so two processes never share one and
 * a crash leaves nothing that can't be told to be stale.
 */
export async function claimNetwork(host: Host, name: string, port: number | undefined): Promise<OwnNetwork> {
  const prefix = await freePrefix(host);
  const taken = new Set(await host.list(directory));
  for (let number = 0; number < 16_384; number += 1) {
    if (taken.has(`${number}`)) continue;
    const claim = ["ln", "-s", "-T", name, host.realPath(`${directory}/${number}`)];
    const { exitCode } = await host.run(claim, { okCodes: [0, 1] });
    if (exitCode === 0) {
      return { mode: "own", number, prefix, ...(port === undefined ? {} : { port }) };
    }
  }
  throw new Error("no network is left for another machine");
}

/** The machine's side of its network. */
export function machineAddress({ prefix, number }: OwnNetwork): string {
  return address(prefix, number, 2);
}

/** This machine's side: the guest's gateway. */
export function gatewayAddress({ prefix, number }: OwnNetwork): string {
  return address(prefix, number, 1);
}

/**
 * Whether this machine lets us make network namespaces, pairs of interfaces and address translation: tried for
 * real and taken away again.
 */
export async function canHaveOwnNetwork(host: Host): Promise<boolean> {
  const trial = "ip link add hrs-trial type veth peer name hrs-trial1 && nft -f -";
  const { exitCode } = await host.run(["unshare", "--net", "/bin/sh", "-ec", trial], {
    input:
      "table ip trial {\nchain c { type nat hook postrouting priority 100;\nip saddr 192.0.2.1 masquerade; }\n}\n",
    okCodes: Array.from({ length: 256 }, (_, code) => code),
    timeoutMs: 10_000,
  });
  return exitCode === 0;
}

/** Joins the network namespace of process `pid` to this machine: interfaces, address translation, forwarding. */
export async function connectNetwork(host: Host, network: OwnNetwork, pid: number): Promise<void> {
  const { number } = network;
  const device = `hrs${number}`;
  const mtu = await outerMtu(host);
  await host.run(
    [
      "ip",
      "link",
      "add",
      device,
      "mtu",
      mtu,
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "mtu",
      mtu,
      "netns",
      `${pid}`,
    ],
    { timeoutMs: 10_000 },
  );
  await host.run(["ip", "address", "add", `${gatewayAddress(network)}/30`, "dev", device], {
    timeoutMs: 10_000,
  });
  await host.run(["ip", "link", "set", device, "up"], { timeoutMs: 10_000 });
  await host.run(["nft", "-f", "-"], { input: rules(network, device), timeoutMs: 10_000 });
  if (network.port !== undefined) await setKernel(host, `net/ipv4/conf/${device}/route_localnet`, "1");
  await host.run(["/bin/sh", "-c", allowForwarding, "allow", device], { timeoutMs: 10_000 });
  await forward(host);
}

/** Takes the network of a machine away; whatever is gone already is fine. */
export async function disconnectNetwork(host: Host, name: string): Promise<void> {
  for (const number of await host.list(directory)) {
    if ((await host.readLink(`${directory}/${number}`)) !== name) continue;
    await host.run(["ip", "link", "delete", `hrs${number}`], { okCodes: [0, 1], timeoutMs: 10_000 });
    await host.run(["nft", "delete", "table", "ip", `homeroom_sandbox_${number}`], {
      okCodes: [0, 1],
      timeoutMs: 10_000,
    });
    await host.run(["/bin/sh", "-c", forbidForwarding, "forbid", `hrs${number}`], { timeoutMs: 10_000 });
    await host.remove(`${directory}/${number}`);
  }
  await stopForwarding(host);
}

/** nft's own language; declared, deleted and declared again, so that a table left by a crash doesn't matter. */
function rules(network: OwnNetwork, device: string): string {
  const table = `homeroom_sandbox_${network.number}`;
  const inside = machineAddress(network);
  const redirect = (hook: string) =>
    `chain ${hook} { type nat hook ${hook} priority -100; fib daddr type local tcp dport ${network.port} dnat to ${inside}:80; }`;
  return [
    `table ip ${table} {}`,
    `delete table ip ${table}`,
    `table ip ${table} {`,
    `chain postrouting { type nat hook postrouting priority 100;`,
    `ip saddr ${inside} oifname != "${device}" masquerade;`,
    `ip saddr 127.0.0.0/8 oifname "${device}" masquerade; }`,
    ...(network.port === undefined ? [] : [redirect("prerouting"), redirect("output")]),
    "}",
    "",
  ].join("\n");
}

/** Frames larger than what the way out carries would be lost, not split. */
async function outerMtu(host: Host): Promise<string> {
  const { stdout } = await host.query(["ip", "-json", "link"], { timeoutMs: 10_000 });
  const links = JSON.parse(stdout) as { mtu: number; operstate: string }[];
  const up = links.filter(({ operstate }) => operstate === "UP").map(({ mtu }) => mtu);
  return `${Math.min(1500, ...up.filter((mtu) => mtu >= 1280))}`;
}

/** Switches forwarding on for the time that there are machines; locked, as another process may switch it off. */
async function forward(host: Host): Promise<void> {
  const script = '[ "$(cat "$2")" = 1 ] || { : >"$1/forwarding-was-off"; echo 1 >"$2"; }';
  await lockedScript(host, script);
}

async function stopForwarding(host: Host): Promise<void> {
  const script =
    'if [ -e "$1/forwarding-was-off" ] && [ -z "$(ls "$1/networks")" ]; then echo 0 >"$2"; rm -f "$1/forwarding-was-off"; fi';
  await lockedScript(host, script);
}

async function lockedScript(host: Host, script: string): Promise<void> {
  const state = host.realPath(stateDirectory);
  const lock = ["flock", `${state}/forwarding.lock`];
  await host.run([...lock, "/bin/sh", "-ec", script, "forwarding", state, "/proc/sys/net/ipv4/ip_forward"]);
}

/** Where a firewall (Docker's, ufw's) drops what is forwarded, another table can't allow it: its own chain must. */
const allowForwarding = `
command -v iptables >/dev/null && iptables -w -S FORWARD 2>/dev/null | grep -q '^-P FORWARD DROP' || exit 0
iptables -w -I FORWARD -i "$1" -j ACCEPT
iptables -w -I FORWARD -o "$1" -j ACCEPT
`;

const forbidForwarding = `
command -v iptables >/dev/null || exit 0
iptables -w -S FORWARD 2>/dev/null | grep -q -w -- "$1" || exit 0
iptables -w -D FORWARD -i "$1" -j ACCEPT
iptables -w -D FORWARD -o "$1" -j ACCEPT
`;

/** A kernel parameter is written in place; a file that is renamed over it would not be one. */
async function setKernel(host: Host, parameter: string, value: string): Promise<void> {
  await host.run(["/bin/sh", "-ec", 'echo "$1" >"/proc/sys/$2"', "set", value, parameter]);
}

async function freePrefix(host: Host): Promise<string> {
  const { stdout } = await host.query(["ip", "-json", "route", "show", "table", "all"], {
    timeoutMs: 10_000,
  });
  const routes = JSON.parse(stdout) as { dst?: string; dev?: string }[];
  const foreign = routes.filter(({ dev }) => dev?.startsWith("hrs") !== true).map(({ dst }) => dst ?? "");
  const free = prefixes.find((prefix) => !foreign.some((dst) => dst.startsWith(`${prefix}.`)));
  return free ?? "10.213";
}

function address(prefix: string, number: number, last: number): string {
  return `${prefix}.${number >> 6}.${(number & 63) * 4 + last}`;
}
