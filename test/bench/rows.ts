import type { Row } from "./row.ts";
import { bootstrap } from "./rows/bootstrap.ts";
import { login } from "./rows/login.ts";

/** Every row, in the order in which they run: those that leave the machines as they were come first. */
export const rows: readonly Row[] = [bootstrap, login];
