import { warning, type Check } from "../check.ts";

/** Nobody else has changed a file that Homeroom wrote. */
export const drift: Check = {
  id: "drift",
  title: "Files that were changed by hand",
  area: "files",
  async examine({ plan }) {
    return (plan?.drift ?? []).map(({ id, how }) =>
      warning(
        how === "changed"
          ? `${id} was changed by hand.`
          : `${id} was there before Homeroom, with other contents.`,
        "`sudo homeroom apply --take` writes it anew; `--keep` leaves it as it is.",
        id,
      ),
    );
  },
};
