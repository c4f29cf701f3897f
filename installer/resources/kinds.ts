import { isDeepStrictEqual } from "node:util";
import { account } from "./account.ts";
import { acmeCertificate } from "./acme-certificate.ts";
import { aptPackage } from "./apt-package.ts";
import { closedAccount } from "./closed-account.ts";
import { configFile } from "./config-file.ts";
import { directory } from "./directory.ts";
import { file } from "./file.ts";
import { group, systemGroup } from "./group.ts";
import { heldLimit } from "./held-limit.ts";
import { hubTrial } from "./hub-trial.ts";
import { link } from "./link.ts";
import { membership } from "./membership.ts";
import { proxy } from "./proxy.ts";
import { pythonEnvironment } from "./python-environment.ts";
import type { ResourceKind } from "./resource.ts";
import { secret } from "./secret.ts";
import { service } from "./service.ts";
import { socket } from "./socket.ts";
import { sudoers } from "./sudoers.ts";
import { systemAccount } from "./system-account.ts";
import { systemdUnit } from "./systemd-unit.ts";
import { timer } from "./timer.ts";
import { unitsLoaded } from "./units-loaded.ts";
import { userSlice } from "./user-slice.ts";
import { wheelProgram } from "./wheel-program.ts";

const all = [
  acmeCertificate,
  account,
  aptPackage,
  closedAccount,
  configFile,
  directory,
  file,
  group,
  heldLimit,
  hubTrial,
  link,
  membership,
  proxy,
  pythonEnvironment,
  secret,
  service,
  socket,
  sudoers,
  systemAccount,
  systemGroup,
  systemdUnit,
  timer,
  unitsLoaded,
  userSlice,
  wheelProgram,
];

/** Every kind of resource, by the tag that stands in plans and journals. */
const kinds: ReadonlyMap<string, ResourceKind<unknown>> = new Map(
  all.map((kind) => [kind.kind, kind as unknown as ResourceKind<unknown>]),
);

/** Whether this release knows a kind: a newer one may have written resources of others. */
export function isKnownKind(kind: string): boolean {
  return kinds.has(kind);
}

/** The kind that a plan names. */
export function kindOf(kind: string): ResourceKind<unknown> {
  const found = kinds.get(kind);
  if (found === undefined) throw new TypeError(`no resource kind ${kind}`);
  return found;
}

/** Whether what is there of a resource will do. */
export function isAsWanted(kind: string, is: unknown, wanted: unknown): boolean {
  if (isDeepStrictEqual(is, wanted)) return true;
  return is !== undefined && wanted !== undefined && kindOf(kind).isSame?.(is, wanted) === true;
}
