import type { Row } from "./row.ts";
import { again } from "./rows/again.ts";
import { bootstrap } from "./rows/bootstrap.ts";
import { config } from "./rows/config.ts";
import { crowd } from "./rows/crowd.ts";
import { liveChange } from "./rows/live-change.ts";
import { login } from "./rows/login.ts";
import { memory } from "./rows/memory.ts";
import { noOp } from "./rows/no-op.ts";
import { restart } from "./rows/restart.ts";
import { school } from "./rows/school.ts";

/** Every row, in the order in which they run and stand in RESULTS.md. */
export const rows: readonly Row[] = [
  bootstrap,
  again,
  login,
  crowd,
  memory,
  restart,
  config,
  noOp,
  liveChange,
  school,
];
