/** A Python on a Debian or Ubuntu machine. */
export interface WheelTarget {
  /** As in "3.11.2". */
  python: string;
  arch: "x86_64" | "aarch64";
  /** Minor version of glibc 2: 36 in Debian 12, the oldest that Homeroom runs on. */
  glibc: number;
}

/**
 * How well a wheel fits a target, from the tags in its file name (PEP 425, 600): 0 not at all, more is closer.
 * A build for exactly this Python beats the stable interface, that beats pure Python.
 */
export function wheelFits(filename: string, { python, arch, glibc }: WheelTarget): number {
  const parts = filename.replace(/\.whl$/, "").split("-");
  if (!filename.endsWith(".whl") || parts.length < 5) return 0;
  const [pythons, interfaces, platforms] = parts.slice(-3).map((tag) => tag.split("."));
  const minor = Number(python.split(".")[1]);
  if (!platforms?.some((platform) => platform === "any" || runsOn(platform, arch, glibc))) return 0;
  if (interfaces?.includes(`cp3${minor}`) && pythons?.includes(`cp3${minor}`)) return 3;
  const stable = pythons?.some((tag) => /^cp3\d+$/.test(tag) && Number(tag.slice(3)) <= minor);
  if (interfaces?.includes("abi3") && stable) return 2;
  const pure = pythons?.some(
    (tag) => tag === "py3" || (/^py3\d+$/.test(tag) && Number(tag.slice(3)) <= minor),
  );
  return interfaces?.includes("none") && (pure || pythons?.includes(`cp3${minor}`)) ? 1 : 0;
}

const legacy: Record<string, number> = { manylinux1: 5, manylinux2010: 12, manylinux2014: 17 };

function runsOn(platform: string, arch: string, glibc: number): boolean {
  if (!platform.endsWith(`_${arch}`)) return false;
  const kind = platform.slice(0, -arch.length - 1);
  const needed =
    legacy[kind] ?? Number(/^manylinux_2_(\d+)$/.exec(kind)?.[1] ?? (kind === "linux" ? 0 : Number.NaN));
  return needed <= glibc;
}
