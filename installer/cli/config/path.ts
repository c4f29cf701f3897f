import { join } from "node:path";
import { print } from "./output.ts";
import { configPath } from "./read-text.ts";

/** `homeroom config path`. */
export function printPath({ root = "/" }: { root?: string }): void {
  print(join(root, configPath));
}
