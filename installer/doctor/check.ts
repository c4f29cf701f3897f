import type { Config } from "../../config/config.ts";
import type { TaskSummary } from "../apply/task.ts";
import type { Release } from "../desired/release.ts";
import type { CanaryLook } from "../health/canary.ts";
import type { Generation } from "../generations/generations.ts";
import type { CopyRecord } from "../backup/copy-record.ts";
import type { Host, HostReader } from "../host/host.ts";
import type { Plan } from "../plan/plan.ts";
import type { Facts } from "../resources/facts.ts";

/** What a check found wrong: what, where, and what to type. */
export interface Finding {
  /** "error": the class notices, or will soon; "warning": worth a look. */
  severity: "error" | "warning";
  message: string;
  remedy: string;
  /** The thing it is about (a unit, an account, a path), for the repair. */
  about?: string;
}

/** The machine that is examined. What could not be read (a config with mistakes) is undefined. */
export interface Subject {
  host: HostReader;
  config: Config | undefined;
  /** Why there is no config, in the words of its own check. */
  configProblem: string | undefined;
  /** The config file differs from what is live. */
  pending: boolean;
  facts: Facts;
  release: Release;
  generation: Generation | undefined;
  /** What an apply would do now; drift is kept apart in it. */
  plan: Plan | undefined;
  /** Oldest first. */
  tasks: readonly TaskSummary[];
  /** Milliseconds since 1970. */
  now: number;
  /** Logs in, starts a server, computes and stops it, as nobody in particular; undefined without a config. */
  lookAsCanary: () => Promise<CanaryLook | undefined>;
  /** What the last copy came to. */
  lastCopy: CopyRecord | undefined;
  /** Asks the registry of releases: which newer ones it offers, or in words why it does not answer. Asked once. */
  newerReleases: () => Promise<string[] | { problem: string }>;
}

/** How `doctor --fix` repairs: by something of its own, by an apply after that, or both. */
export interface Fix {
  repair?(host: Host, finding: Finding): Promise<void>;
  /** An apply makes everything what the config says. */
  apply?: true;
}

/** One thing that is looked at; each is one file, and its id never changes (it stands in `--json`). */
export interface Check {
  id: string;
  /** What is checked, as a noun phrase. */
  title: string;
  area: "services" | "front door" | "people" | "files" | "environment" | "machine";
  examine(subject: Subject): Promise<Finding[]>;
  fix?: Fix;
}

export function error(message: string, remedy: string, about?: string): Finding {
  return { severity: "error", message, remedy, ...(about === undefined ? {} : { about }) };
}

export function warning(message: string, remedy: string, about?: string): Finding {
  return { severity: "warning", message, remedy, ...(about === undefined ? {} : { about }) };
}
