import { warning, type Check } from "../check.ts";

const oldest: Readonly<Record<string, number>> = { debian: 12, ubuntu: 24 };

/** The system is one that this release was made for, also after an upgrade of it. */
export const supportedSystem: Check = {
  id: "supported-system",
  title: "The operating system",
  area: "machine",
  async examine({ facts: { os } }) {
    const least = oldest[os.id];
    if (least !== undefined && Number.parseInt(os.version, 10) >= least) return [];
    return [
      warning(
        `Homeroom is made for Debian 12 or newer and Ubuntu 24.04 or newer; this is ${os.name}.`,
        "It may work; nobody tries it. A supported system is the safer place.",
      ),
    ];
  },
};
