import type { PlannedStep } from "../plan/plan.ts";

/** A handful of lines that a person can follow, in the order they are shown. */
export const groupTitles = {
  packages: "Install Debian packages",
  foundation: "Make accounts, directories and secrets",
  uv: "Fetch uv",
  hub: "Build the hub's Python environment",
  environment: "Build the shared Python environment",
  trial: "Try the hub with your own configuration",
  files: "Write configuration and units",
  certificate: "Get the certificate for HTTPS",
  services: "Start the services",
  health: "Check that the hub answers",
} as const;

export type StepGroup = keyof typeof groupTitles;

const groupOfKind: Record<string, StepGroup> = {
  "apt-package": "packages",
  account: "foundation",
  "closed-account": "foundation",
  group: "foundation",
  "system-account": "foundation",
  "system-group": "foundation",
  membership: "foundation",
  directory: "foundation",
  secret: "foundation",
  "wheel-program": "uv",
  "hub-trial": "trial",
  file: "files",
  link: "files",
  sudoers: "files",
  "systemd-unit": "files",
  "units-loaded": "files",
  "acme-certificate": "certificate",
  service: "services",
  socket: "services",
  proxy: "services",
  timer: "services",
};

/** The line that a step belongs to. */
export function groupOf({ kind, id }: PlannedStep): StepGroup {
  if (kind === "python-environment") return id.startsWith("/opt/homeroom/hub/") ? "hub" : "environment";
  return groupOfKind[kind] ?? "files";
}
