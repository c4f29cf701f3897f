import type { Config } from "./config.ts";

/** A part of the config that is understood but that nothing carries out yet. */
interface NotYet {
  /** The key to name. */
  path: readonly string[];
  /** Whether this config asks for it; a value that changes nothing is fine. */
  asked(config: Config): boolean;
}

/** Keys that do nothing yet: refused by name, never ignored. Take a line out when its key works. */
export const notYet: readonly NotYet[] = [
  { path: ["environment", "manager"], asked: ({ environment }) => environment.manager !== "venv" },
  {
    path: ["environment", "channels"],
    asked: ({ environment }) => environment.channels.join(" ") !== "conda-forge",
  },
  { path: ["environment", "from"], asked: ({ environment }) => environment.from !== null },
];
