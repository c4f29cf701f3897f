import { removeItem } from "../../../config/edit.ts";
import { textValue } from "../../../config/key-path.ts";
import { loadConfig } from "../../../config/load.ts";
import { hubName } from "../../../config/roster/roster.ts";

export type ConfigList = "allowed" | "admin" | "banned" | "extra_user_groups";

/** The config's text without these people in some lists of `users`. */
export function withoutNames(
  text: string,
  usernames: ReadonlySet<string>,
  lists: readonly ConfigList[],
): string {
  const written = loadConfig(text).written?.users ?? {};
  const places = lists.flatMap((list): [string[], readonly string[]][] =>
    list === "extra_user_groups"
      ? Object.entries(written.extra_user_groups ?? {}).map(([group, people]) => [
          ["users", list, group],
          people ?? [],
        ])
      : [[["users", list], written[list] ?? []]],
  );
  return places.reduce(
    (edited, [path, names]) =>
      names
        .filter((name) => usernames.has(hubName(name)))
        .reduce((so, name) => removeItem(so, path, textValue(name)), edited),
    text,
  );
}
