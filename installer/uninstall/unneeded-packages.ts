import type { HostReader } from "../host/host.ts";

/** apt-get(8): --simulate says what would be done and changes nothing; it needs no lock. */
const simulate = ["apt-get", "--simulate", "--quiet=2"];

/**
 * Which of our packages may go: those whose removal takes nothing along that is not ours. What apt would do is
 * asked of apt itself.
 * @param ours packages that Homeroom installed
 */
export async function unneededPackages(host: HostReader, ours: readonly string[]): Promise<string[]> {
  let candidates = [...ours];
  while (candidates.length > 0) {
    const gone = await removedWith(host, candidates);
    const others = gone.filter((name) => !ours.includes(name));
    if (others.length === 0) return candidates;
    const alone = await Promise.all(
      candidates.map(async (name) => ({ name, takes: await removedWith(host, [name]) })),
    );
    const left = alone.filter(({ takes }) => takes.every((taken) => candidates.includes(taken)));
    // What only together takes something along cannot be told apart: all of it stays.
    candidates = left.length < candidates.length ? left.map(({ name }) => name) : [];
  }
  return [];
}

/**
 * Packages that nobody needs any more once others are gone, and that somebody needs now: what came along when
 * those were installed. What is merely recommended counts as not needed, as it was not installed for it.
 */
export async function broughtAlong(host: HostReader, removable: readonly string[]): Promise<string[]> {
  if (removable.length === 0) return [];
  const strict = [
    "-oAPT::AutoRemove::RecommendsImportant=false",
    "-oAPT::AutoRemove::SuggestsImportant=false",
  ];
  const [before, after] = await Promise.all([
    asked(host, [...strict, "autoremove"]),
    asked(host, [...strict, "--auto-remove", "purge", "--", ...removable]),
  ]);
  const known = new Set([...before, ...removable]);
  return after.filter((name) => !known.has(name));
}

function removedWith(host: HostReader, names: readonly string[]): Promise<string[]> {
  return asked(host, ["-oAPT::Get::AutomaticRemove=false", "purge", "--", ...names]);
}

/** "Purg git [1:2.39]" and "Remv git [1:2.39]" name a package that would go. */
async function asked(host: HostReader, args: readonly string[]): Promise<string[]> {
  const { stdout } = await host.query([...simulate, ...args], { okCodes: [0, 100] });
  return Array.from(stdout.matchAll(/^(?:Remv|Purg) (\S+)/gm), ([, name = ""]) => name.split(":")[0] ?? name);
}
