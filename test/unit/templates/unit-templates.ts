import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const templates = join(import.meta.dirname, "../../../templates");

/** What the tests put in for the `@…@` of the unit files: a machine as the installer would make it. */
const substitutions: Record<string, string> = {
  RELEASE: "/opt/homeroom/releases/1.0.0",
  HUB: "/opt/homeroom/hub/abc",
  UV: "/opt/homeroom/runtimes/uv-1/uv",
  NODE: "/opt/homeroom/runtimes/node-26/bin/node",
  LISTEN: "80",
  TRUSTED_PROXIES: "",
  START_TIMEOUT: "60",
  USERS_MEMORY_MAX: "infinity",
  USER_MEMORY_MAX: "1073741824",
  USER_CPU_QUOTA: "150%",
  USER_TASKS_MAX: "1024",
  CULL_OPTIONS: "--timeout=600",
  BACKUP_AT: "02",
  UPGRADE_AT: "04",
  HTTPS_LISTEN: "443",
  HTTPS_PORT: "443",
  STRICT_SECONDS: "0",
  CERTIFICATE: "/var/lib/homeroom/acme/letsencrypt.pem",
  CERT_SOURCE: "/etc/ssl/certs/hub.pem",
  KEY_SOURCE: "/etc/ssl/private/hub.key",
  ACME_NAME: "letsencrypt",
  ACME_OPTIONS: "--non-interactive",
};

/** Every unit file and drop-in by its path below templates/units, substituted. */
export function unitTemplates(): Map<string, string> {
  const root = join(templates, "units");
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(root, path), substitute(readFileSync(path, "utf8"))];
    }),
  );
}

export function template(path: string): string {
  return readFileSync(join(templates, path), "utf8");
}

function substitute(text: string): string {
  return text.replaceAll(/@([A-Z_]+)@/g, (written, name: string) => substitutions[name] ?? written);
}
