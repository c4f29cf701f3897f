import { error, type Check } from "../check.ts";

const path = "/var/lib/homeroom/secrets/first-passwords.json";

/** No admin's name can be claimed by whoever comes first. */
export const adminPasswords: Check = {
  id: "admin-passwords",
  title: "Passwords of the admins",
  area: "people",
  async examine({ host, config }) {
    if (config === undefined || config.auth.class !== "firstuse") return [];
    const text = (await host.read(path))?.toString("utf8") ?? "{}";
    const known = JSON.parse(text) as Record<string, string>;
    return config.users.admin
      .filter((name) => known[name] === undefined)
      .map((name) =>
        error(
          `The admin ${name} was never given a password, so the first to log in as ${name} would choose it.`,
          "Type: sudo homeroom install (it asks for the password, or makes one and shows it once)",
          name,
        ),
      );
  },
};
