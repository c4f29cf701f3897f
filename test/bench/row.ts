import type { MachineImage } from "../../installer/sandbox/state.ts";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { Registry } from "../registry/registry.ts";
import type { Figure } from "./figure.ts";

/** One line (or a few that are measured together) of the tables in the issues; a file below rows/. */
export interface Row {
  /** As in `--only login`. */
  name: string;
  measure: (bench: Bench) => Promise<Figure[]>;
}

/** What a row measures with. Machines are of one image and up at the same time, so that rounds can alternate. */
export interface Bench {
  image: MachineImage;
  /** How often each thing is measured at least. */
  rounds: number;
  /** The checkout. */
  root: string;
  /** Its release, for machines. */
  registry: Registry;
  /** A machine with our hub, installed at the first call, shared by all rows of a run. */
  ours: () => Promise<Machine>;
  /** Another with our hub, and 5,000 people on its roster. */
  school: () => Promise<Machine>;
  /** One with the stock hub. */
  stock: () => Promise<Machine>;
  /** Narration. */
  say: (line: string) => void;
}
