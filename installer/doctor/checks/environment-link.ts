import { environmentLink } from "../../desired/python.ts";
import { error, type Check } from "../check.ts";

/** Servers find a Python where they look for one. */
export const environmentInPlace: Check = {
  id: "environment-link",
  title: "The shared environment in use",
  area: "environment",
  async examine({ host, generation }) {
    if (generation === undefined) return [];
    const target = await host.readLink(environmentLink);
    const python = target === undefined ? undefined : await host.stat(`${target}/bin/python`);
    if (python !== undefined) return [];
    return [
      error(`${environmentLink} leads to no Python, so no server can start.`, "Type: sudo homeroom install"),
    ];
  },
  fix: { apply: true },
};
