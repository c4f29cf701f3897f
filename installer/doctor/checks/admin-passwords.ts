import { readHubReport } from "../../resources/hub-report.ts";
import { error, type Check } from "../check.ts";

const path = "/var/lib/homeroom/secrets/first-passwords.json";

/** Every admin can log in: the name is not for whoever comes first, so without a password it is nobody's. */
export const adminPasswords: Check = {
  id: "admin-passwords",
  title: "Passwords of the admins",
  area: "people",
  async examine({ host, config }) {
    if (config === undefined || config.auth.class !== "firstuse") return [];
    const text = (await host.read(path))?.toString("utf8") ?? "{}";
    const known = JSON.parse(text) as Record<string, string>;
    const without = config.users.admin.filter((name) => known[name] === undefined);
    if (without.length === 0) return [];
    const { people } = await readHubReport(host);
    return without
      .filter((name) => people.get(name)?.hasPassword !== true)
      .map((name) =>
        error(
          `The admin ${name} was never given a password and chose none, so nobody can log in as ${name}.`,
          `Type: sudo homeroom users reset-password ${name}`,
          name,
        ),
      );
  },
};
