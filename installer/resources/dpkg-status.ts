import type { HostReader } from "../host/host.ts";

/** What dpkg knows of one package. */
export interface DpkgPackage {
  installed: boolean;
  version: string;
}

/**
 * Looks packages up in dpkg's own database (deb822 paragraphs in /var/lib/dpkg/status): asking dpkg-query
 * costs a process, and parsing all of the file more than that.
 */
export async function readDpkg(
  host: HostReader,
  names: readonly string[],
): Promise<Map<string, DpkgPackage>> {
  const status = (await host.read("/var/lib/dpkg/status")) ?? Buffer.alloc(0);
  const found = new Map<string, DpkgPackage>();
  for (const name of names) {
    const paragraph = paragraphOf(status, name);
    if (paragraph === undefined) continue;
    found.set(name, {
      installed: /^Status: (install|hold) ok installed$/m.test(paragraph),
      version: /^Version: (.+)$/m.exec(paragraph)?.[1] ?? "",
    });
  }
  return found;
}

function paragraphOf(status: Buffer, name: string): string | undefined {
  const head = `Package: ${name}\n`;
  const start = status.indexOf(head) === 0 ? 0 : status.indexOf(`\n${head}`);
  if (start === -1) return undefined;
  const end = status.indexOf("\n\n", start + 1);
  return status.toString("utf8", start, end === -1 ? undefined : end);
}
