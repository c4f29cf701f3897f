import { schema } from "../../../config/schema.ts";
import { print } from "./output.ts";

/** `homeroom config schema`. */
export function printSchema(): void {
  print(JSON.stringify(schema, undefined, 2));
}
