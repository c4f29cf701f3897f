import { nearest } from "../../../config/nearest.ts";
import { keyReferences } from "../../../config/reference.ts";
import { exitCodes, HomeroomError } from "../../errors.ts";

/** The error for a key that the config does not have. */
export function unknownKey(key: string): HomeroomError {
  const meant = nearest(
    key,
    keyReferences().map(({ path }) => path.join(".")),
  );
  return new HomeroomError(`There is no key \`${key}\`.`, {
    remedy: meant === undefined ? "See all of them: homeroom config reference" : `Did you mean \`${meant}\`?`,
    exitCode: exitCodes.usage,
  });
}
