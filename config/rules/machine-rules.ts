import { formatSize } from "../size.ts";
import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { MachineContext } from "./rule.ts";

/** Ports are not in use by other programs. */
export function portsAreFree(context: MachineContext): Finding[] {
  const { http, https } = context.config;
  const ports: ["http" | "https", number][] = [
    ["http", http.port],
    ...(https.enabled ? [["https", https.port] as ["https", number]] : []),
  ];
  return ports.flatMap(([section, port]) => {
    const taken = context.facts.listeners.find((listener) => listener.port === port);
    if (taken === undefined) return [];
    const message = `Port ${port} is taken by ${taken.program}.`;
    const hint = `Stop ${taken.program}, or choose another \`${section}.port\`.`;
    return [finding(context, "error", "port-taken", [section, "port"], message, hint)];
  });
}

/** The certificate's files can be read and belong together. */
export function certificateIsUsable(context: MachineContext): Finding[] {
  const { certificate } = context.facts;
  if (context.config.https.mode !== "manual" || certificate === undefined) return [];
  const problems = [
    { key: "key", reason: certificate.keyProblem },
    { key: "cert", reason: certificate.certProblem },
  ].filter(({ reason }) => reason !== undefined);
  const findings = problems.map(({ key, reason }) =>
    finding(
      context,
      "error",
      "certificate",
      ["https", "tls", key],
      `The file cannot be used: ${reason}.`,
      "Correct the path or the file.",
    ),
  );
  if (certificate.matches !== false) return findings;
  const message = "The key and the certificate do not belong together.";
  return [
    ...findings,
    finding(
      context,
      "error",
      "certificate-mismatch",
      ["https", "tls", "key"],
      message,
      "Name the key that the certificate was made with.",
    ),
  ];
}

const day = 24 * 60 * 60 * 1000;

/** The certificate is valid now and for the next two weeks. */
export function certificateLasts(context: MachineContext): Finding[] {
  const { certificate, now } = context.facts;
  if (context.config.https.mode !== "manual" || certificate?.notAfter === undefined) return [];
  const path = ["https", "tls", "cert"];
  const until = new Date(certificate.notAfter).toISOString().slice(0, 10);
  const hint = "Get a new certificate.";
  if (certificate.notAfter <= now) {
    return [
      finding(context, "error", "certificate-expired", path, `The certificate expired on ${until}.`, hint),
    ];
  }
  if (certificate.notBefore !== undefined && certificate.notBefore > now) {
    const message = `The certificate is valid from ${new Date(certificate.notBefore).toISOString().slice(0, 10)} only.`;
    return [
      finding(context, "error", "certificate-expired", path, message, "Wait, or check the machine's clock."),
    ];
  }
  if (certificate.notAfter - now > 14 * day) return [];
  const days = Math.floor((certificate.notAfter - now) / day);
  const message = `The certificate expires on ${until}, in ${days} days.`;
  return [finding(context, "warning", "certificate-expires", path, message, hint)];
}

/** One server does not get more than the machine has. */
export function limitsFitMachine(context: MachineContext): Finding[] {
  const { memory, cpu } = context.config.limits;
  const findings: Finding[] = [];
  if (typeof memory === "number" && memory > context.facts.memory) {
    const message = `One server may use ${formatSize(memory)}, but the machine has ${formatSize(context.facts.memory)}.`;
    findings.push(
      finding(context, "warning", "limit-above-machine", ["limits", "memory"], message, "Write less."),
    );
  }
  if (cpu !== null && cpu > context.facts.cores) {
    const message = `One server may use ${cpu} cores, but the machine has ${context.facts.cores}.`;
    findings.push(
      finding(context, "warning", "limit-above-machine", ["limits", "cpu"], message, "Write less."),
    );
  }
  return findings;
}

/** The reserve leaves the class at least half of the machine. */
export function reserveFitsMachine(context: MachineContext): Finding[] {
  const { reserve } = context.config.limits;
  const machine = context.facts.memory;
  if (reserve === null || reserve <= machine / 2) return [];
  const message = `A reserve of ${formatSize(reserve)} is more than half of the machine's ${formatSize(machine)}.`;
  const hint = `Write at most ${formatSize(machine / 2)}, or leave the key out.`;
  return [finding(context, "error", "reserve-above-machine", ["limits", "reserve"], message, hint)];
}

/** New homes can be filled from the directory that the config names. */
export function skelIsUsable(context: MachineContext): Finding[] {
  const { skelProblem } = context.facts;
  if (skelProblem === undefined) return [];
  const message = `\`${context.config.classroom.skel}\` cannot fill homes: ${skelProblem}.`;
  const hint = "Name a directory that everybody can read and only its owner can change.";
  return [finding(context, "error", "skel", ["classroom", "skel"], message, hint)];
}

/** A class whose limits add up to several times the machine works only while most of it idles. */
export function classFitsMachine(context: MachineContext): Finding[] {
  const { memory } = context.config.limits;
  const { allowed, admin } = context.config.users;
  const people = context.facts.expectedUsers ?? new Set([...allowed, ...admin]).size;
  if (
    typeof memory !== "number" ||
    memory > context.facts.memory ||
    memory * people <= 3 * context.facts.memory
  )
    return [];
  const sum = formatSize(memory * people);
  const message = `${people} people with ${formatSize(memory)} each are ${sum}; the machine has ${formatSize(context.facts.memory)}.`;
  const hint = "Fine while few are there at once; write less if everybody comes together.";
  return [finding(context, "warning", "class-above-machine", ["limits", "memory"], message, hint)];
}
