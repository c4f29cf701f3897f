import { error, type Check } from "../check.ts";

/** The address of the config is one that this machine has. */
export const frontDoorAddress: Check = {
  id: "front-door-address",
  title: "The address that the hub listens at",
  area: "front door",
  async examine({ host, config }) {
    const address = config?.http.address ?? "";
    if (["", "0.0.0.0", "::"].includes(address)) return [];
    const { stdout } = await host.query(["ip", "-oneline", "address", "show"], { okCodes: [0, 1] });
    if (stdout.includes(` ${address}/`)) return [];
    return [
      error(
        `http.address is ${address}, which no network card of this machine has.`,
        "`ip address` shows its addresses; `sudo homeroom config unset http.address` listens at all of them.",
      ),
    ];
  },
};
