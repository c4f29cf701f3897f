import { kindOf } from "../../resources/kinds.ts";
import { error, warning, type Check, type Finding, type Subject } from "../check.ts";

/** Steps of an apply that the config did not ask for: something that was right once is not any more. */
function stepsOf({ plan, pending }: Subject, kinds: readonly string[]) {
  return pending || plan === undefined ? [] : plan.steps.filter(({ kind }) => kinds.includes(kind));
}

/** A check that finds what an apply would put right, of some kinds of resources. */
function planned(
  parts: Pick<Check, "id" | "title" | "area">,
  kinds: readonly string[],
  {
    what,
    severity = "error",
  }: { what: (step: { id: string; missing: boolean }) => string; severity?: Finding["severity"] },
): Check {
  const say = severity === "error" ? error : warning;
  return {
    ...parts,
    async examine(subject) {
      return stepsOf(subject, kinds).map((step) => {
        const { words } = kindOf(step.kind).describe(step);
        const missing = step.before === undefined;
        return say(what({ id: step.id, missing }), `\`sudo homeroom apply\` will ${words}.`, step.id);
      });
    },
    fix: { apply: true },
  };
}

const changed = ({ id, missing }: { id: string; missing: boolean }) =>
  missing ? `${id} is missing.` : `${id} is not as Homeroom wrote it.`;

/** Files, folders and links of ours are there, with their rights. */
export const filesPresent = planned(
  { id: "files-present", title: "Files and folders of Homeroom", area: "files" },
  ["file", "directory", "link", "systemd-unit"],
  { what: changed },
);

/** Accounts and groups that the config asks for are there and open. */
export const accountsPresent = planned(
  { id: "accounts-present", title: "Accounts and groups", area: "people" },
  ["account", "system-account", "group", "system-group", "membership"],
  { what: ({ id }) => `The account or membership ${id} is missing or closed.` },
);

/** Debian packages that Homeroom needs are installed. */
export const packagesPresent = planned(
  { id: "packages-present", title: "Debian packages that Homeroom needs", area: "machine" },
  ["apt-package"],
  { what: ({ id }) => `The Debian package ${id} is not installed.` },
);

/** Both Python environments are whole, and for the Python that the machine has. */
export const environmentsBuilt = planned(
  { id: "environments-built", title: "Python environments", area: "environment" },
  ["python-environment", "wheel-program"],
  { what: ({ id }) => `${id} is not whole, or was made for another Python than this machine has.` },
);

/** Secrets are there and closed to everybody but root. */
export const secretsPresent = planned(
  { id: "secrets-present", title: "Secrets of the services", area: "files" },
  ["secret"],
  { what: ({ id }) => `The secret ${id} is missing, or others than root may read it.` },
);

/** The admins' right to use sudo stands as Homeroom wrote it. */
export const sudoRight = planned(
  { id: "sudo-right", title: "The admins' right to use sudo", area: "people" },
  ["sudoers"],
  { what: () => "The file that lets admins use sudo is missing or changed." },
);

/** Services run with the files that they were last given. */
export const servicesCurrent = planned(
  { id: "services-current", title: "Services that run with what they were last given", area: "services" },
  ["service", "socket", "proxy"],
  { what: ({ id }) => `${id} does not run with the files that are there now.`, severity: "warning" },
);
