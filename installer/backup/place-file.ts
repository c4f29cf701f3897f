import { HomeroomError } from "../errors.ts";
import type { FileOwner, Host } from "../host/host.ts";
import type { Staging } from "./staging.ts";

/** Everything in a home is done with its owner's rights: whatever links are in there lead nobody further than that. */
const place = `
set -eu
cd -P -- "$1"
mkdir -p -- "$(dirname -- "$3")"
if [ -e "$3" ] || [ -L "$3" ]; then
  mv -T -- "$3" "$3.before-$4"
  echo "$3.before-$4"
fi
mv -T -- "$2/$3" "$3"
sync --file-system -- .
`;

/**
 * Puts one file or folder of a person's home, which lies whole in the staging folder, into its place; what is there is
 * kept beside it.
 * @param path below the home, as in "work/day1.ipynb"
 * @returns where what was there is now, below the home; undefined where nothing was
 */
export async function placeFile(
  host: Host,
  staging: Staging,
  { account, path, as }: { account: string; path: string; as: FileOwner },
): Promise<string | undefined> {
  const staged = `${staging.homes}/home/${account}`;
  const argv = ["/bin/sh", "-c", place, "sh", `/home/${account}`, staged, path, staging.id];
  const { stdout } = await host.run(argv, { as, umask: 0o077, timeoutMs: 60 * 60_000 });
  return stdout.trim() === "" ? undefined : stdout.trim();
}

/** The path below a home that somebody typed: `work/a.ipynb`, `~/work/a.ipynb`, `/home/jupyter-alice/work/a.ipynb`. */
export function pathInHome(account: string, typed: string): string {
  const start = ["~/", `/home/${account}/`].find((prefix) => typed.startsWith(prefix)) ?? "";
  const below = typed.slice(start.length).replace(/\/+$/, "");
  const parts = below.split("/");
  const isBelow = below !== "" && parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (isBelow && !/[\0\n]/.test(below)) return below;
  throw new HomeroomError(`${JSON.stringify(typed)} is no file of a home.`, {
    remedy: "Write it as it is called in the home, as in: work/day1.ipynb",
  });
}
