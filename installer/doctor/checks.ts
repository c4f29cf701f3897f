import type { Check } from "./check.ts";
import { accountNumbers } from "./checks/account-numbers.ts";
import { adminPasswords } from "./checks/admin-passwords.ts";
import { adminsGroupMembers } from "./checks/admins-group.ts";
import { backupAge } from "./checks/backup-age.ts";
import { canary } from "./checks/canary.ts";
import { certificateDays } from "./checks/certificate-days.ts";
import { clock } from "./checks/clock.ts";
import { configPending } from "./checks/config-pending.ts";
import { configValid } from "./checks/config-valid.ts";
import { diskSpace } from "./checks/disk-space.ts";
import { drift } from "./checks/drift.ts";
import { environmentClosed } from "./checks/environment-closed.ts";
import { environmentConflicts } from "./checks/environment-conflicts.ts";
import { environmentImports } from "./checks/environment-imports.ts";
import { environmentInPlace } from "./checks/environment-link.ts";
import { failedTask } from "./checks/failed-task.ts";
import { frontDoor } from "./checks/front-door.ts";
import { frontDoorAddress } from "./checks/front-door-address.ts";
import { frontDoorPort } from "./checks/front-door-port.ts";
import { generationWhole } from "./checks/generation-whole.ts";
import { homes } from "./checks/homes.ts";
import { hubEnvironment } from "./checks/hub-environment.ts";
import { inodes } from "./checks/inodes.ts";
import { interruptedTask } from "./checks/interrupted-task.ts";
import { journalErrors } from "./checks/journal-errors.ts";
import { journalSize } from "./checks/journal-size.ts";
import { leanStart } from "./checks/lean-start.ts";
import { limitsEnforced } from "./checks/limits-enforced.ts";
import { memory } from "./checks/memory.ts";
import { memoryKills } from "./checks/memory-kills.ts";
import { names } from "./checks/names.ts";
import { openFolders } from "./checks/open-folders.ts";
import { otherUnits } from "./checks/other-units.ts";
import { packageState } from "./checks/package-state.ts";
import { pendingReboot } from "./checks/pending-reboot.ts";
import {
  accountsPresent,
  environmentsBuilt,
  filesPresent,
  packagesPresent,
  secretsPresent,
  servicesCurrent,
  sudoRight,
} from "./checks/planned.ts";
import { pressure } from "./checks/pressure.ts";
import { registry } from "./checks/registry.ts";
import { releaseWhole } from "./checks/release-whole.ts";
import { restartLoops } from "./checks/restart-loops.ts";
import { secretsClosed } from "./checks/secrets-closed.ts";
import { sudoWorks } from "./checks/sudo-works.ts";
import { supportedSystem } from "./checks/supported-system.ts";
import { tcpListeners } from "./checks/tcp-listeners.ts";
import { temporaryFolder } from "./checks/temporary-folder.ts";
import { unitDropIns } from "./checks/unit-drop-ins.ts";
import { unitsActive } from "./checks/units-active.ts";
import { unitsFailed } from "./checks/units-failed.ts";
import { unitsMasked } from "./checks/units-masked.ts";
import { unitsReloaded } from "./checks/units-reloaded.ts";
import { upgradeAvailable } from "./checks/upgrade-available.ts";
import { usersMemory } from "./checks/users-memory.ts";

/** Everything that `homeroom doctor` looks at, in the order of repair: what others stand on comes first. */
export const checks: readonly Check[] = [
  temporaryFolder,
  openFolders,
  packageState,
  packagesPresent,
  unitsMasked,
  usersMemory,
  unitsReloaded,
  secretsClosed,
  hubEnvironment,
  configValid,
  configPending,
  interruptedTask,
  failedTask,
  drift,
  filesPresent,
  secretsPresent,
  accountsPresent,
  sudoRight,
  environmentsBuilt,
  environmentInPlace,
  environmentClosed,
  environmentImports,
  environmentConflicts,
  leanStart,
  releaseWhole,
  generationWhole,
  unitsActive,
  unitsFailed,
  servicesCurrent,
  restartLoops,
  unitDropIns,
  frontDoorPort,
  frontDoorAddress,
  frontDoor,
  canary,
  certificateDays,
  tcpListeners,
  adminsGroupMembers,
  adminPasswords,
  homes,
  accountNumbers,
  sudoWorks,
  limitsEnforced,
  diskSpace,
  inodes,
  memory,
  pressure,
  memoryKills,
  clock,
  names,
  registry,
  upgradeAvailable,
  backupAge,
  pendingReboot,
  otherUnits,
  supportedSystem,
  journalSize,
  journalErrors,
];
