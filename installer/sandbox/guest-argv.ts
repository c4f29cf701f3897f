import type { MachineKind } from "./state.ts";

/**
 * Wraps a program so that it has a server's PATH and /etc/environment. Values of further variables come through
 * the environment under the name SANDBOX_…, never in an argument, where every account could read them.
 */
export function guestArgv(kind: MachineKind, argv: readonly string[], names: readonly string[]): string[] {
  for (const name of names)
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`${name} is not a variable's name`);
  const wrapped = ["/bin/sh", "-c", environmentScript, "sandbox", names.join(" "), ...argv];
  return kind === "vm" ? [wrapped.map(quoted).join(" ")] : wrapped;
}

/** A word as a shell reads it back unchanged. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const environmentScript = `names=$1; shift
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
set -a; [ ! -r /etc/environment ] || . /etc/environment; set +a
for name in $names; do eval "export $name=\\"\\$SANDBOX_$name\\""; unset "SANDBOX_$name"; done
cd /root
exec "$@"`;
