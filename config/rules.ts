import { baseUrlShape, addressesAreAddresses, portsDiffer, pathsAreAbsolute } from "./rules/address-rules.ts";
import {
  certificateCoversSubdomains,
  letsencryptCoversSubdomains,
  subdomainHostFitsHttps,
  subdomainHostShape,
} from "./rules/subdomain-rules.ts";
import { noticeIsShort } from "./rules/classroom-rules.ts";
import {
  aptNamesAreNames,
  channelsAreChannels,
  packagesAreRequirements,
  packagesDiffer,
} from "./rules/environment-rules.ts";
import {
  letsencryptNeedsEmailAndDomains,
  letsencryptAndCertificateExclude,
  certificateNeedsBothFiles,
} from "./rules/https-rules.ts";
import {
  portsAreFree,
  certificateIsUsable,
  certificateLasts,
  limitsFitMachine,
  reserveFitsMachine,
  classFitsMachine,
  skelIsUsable,
} from "./rules/machine-rules.ts";
import {
  bannedIsNotAllowed,
  bannedIsNotAdmin,
  namesAreUsable,
  namesDiffer,
  accountsDiffer,
  groupsAreUsable,
  listsInBlocksWin,
  firstPasswordsAreOurs,
} from "./rules/people-rules.ts";
import { cullTimeoutIsLongerThanEvery, memoryIsEnough, unusedSections } from "./rules/server-rules.ts";
import type { MachineFacts } from "./facts.ts";
import type { Finding } from "./problem.ts";
import type { MachineContext, RuleContext } from "./rules/rule.ts";

/** A rule across keys that needs only the text. */
type TextRule = (context: RuleContext) => Finding[];
/** A rule that needs to know the machine. */
type MachineRule = (context: MachineContext) => Finding[];

/** Runs every rule; those that need the machine are skipped, by name, where nothing is known of it. */
export function checkRules(
  context: RuleContext,
  facts?: MachineFacts,
): { findings: Finding[]; skipped: string[] } {
  const findings = textRules.flatMap((rule) => rule(context));
  if (facts === undefined) return { findings, skipped: machineRules.map(({ name }) => name) };
  return {
    findings: [...findings, ...machineRules.flatMap((rule) => rule({ ...context, facts }))],
    skipped: [],
  };
}

const textRules: readonly TextRule[] = [
  baseUrlShape,
  subdomainHostShape,
  subdomainHostFitsHttps,
  letsencryptCoversSubdomains,
  letsencryptNeedsEmailAndDomains,
  letsencryptAndCertificateExclude,
  certificateNeedsBothFiles,
  pathsAreAbsolute,
  addressesAreAddresses,
  portsDiffer,
  bannedIsNotAllowed,
  bannedIsNotAdmin,
  namesAreUsable,
  namesDiffer,
  accountsDiffer,
  groupsAreUsable,
  listsInBlocksWin,
  firstPasswordsAreOurs,
  cullTimeoutIsLongerThanEvery,
  memoryIsEnough,
  noticeIsShort,
  packagesAreRequirements,
  packagesDiffer,
  channelsAreChannels,
  aptNamesAreNames,
  unusedSections,
];

const machineRules: readonly MachineRule[] = [
  portsAreFree,
  certificateIsUsable,
  certificateLasts,
  certificateCoversSubdomains,
  limitsFitMachine,
  reserveFitsMachine,
  classFitsMachine,
  skelIsUsable,
];
