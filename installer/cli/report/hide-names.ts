/**
 * Makes a function that puts "person-1", "person-2" and so on in the place of people's names, always the same for the
 * same name, and hides addresses of mail. Longer names go first, so that none is found within another.
 * @param names hub names and accounts, each person's spellings together
 */
export function hideNames(people: readonly (readonly string[])[], machine: string): (text: string) => string {
  const instead = new Map<string, string>();
  people.forEach((spellings, index) => {
    for (const name of spellings) if (name !== "") instead.set(name.toLowerCase(), `person-${index + 1}`);
  });
  if (machine !== "") instead.set(machine.toLowerCase(), "the-machine");
  const longestFirst = [...instead.keys()].toSorted((a, b) => b.length - a.length);
  const words = longestFirst
    .map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
    .join("|");
  const names = new RegExp(`(?:(?<![\\p{L}\\p{N}])|(?<=%[0-9A-F]{2}))(?:${words})(?![\\p{L}\\p{N}])`, "giu");
  const mail = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
  return (text) => {
    const without =
      words === "" ? text : text.replaceAll(names, (name) => instead.get(name.toLowerCase()) ?? name);
    // A unit of systemd looks like an address too.
    return without.replaceAll(mail, (found) =>
      /\.(service|socket|slice|timer|scope)$/.test(found) ? found : "mail@hidden",
    );
  };
}
