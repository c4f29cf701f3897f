import { warning, type Check } from "../check.ts";

/** The rest of the machine started well, too. */
export const otherUnits: Check = {
  id: "other-units",
  title: "Failed units of the machine",
  area: "machine",
  async examine({ host }) {
    const { stdout } = await host.query(
      ["systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager"],
      { okCodes: [0, 1] },
    );
    return stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/)[0] ?? "")
      .filter((id) => id !== "" && !id.startsWith("homeroom"))
      .map((id) => warning(`${id} of the machine failed.`, `\`systemctl status ${id}\` says more.`, id));
  },
};
