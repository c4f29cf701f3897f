import { setGlobalProxyFromEnv } from "node:http";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

let prepared = false;

/**
 * Fetches a public address the way the rest of this machine would: HTTPS_PROXY and NO_PROXY, the system's
 * certificates (a school's own CA among them).
 * @throws Error naming the address and the answer unless it is 2xx.
 */
export async function download(
  address: string,
  { signal, accept = "*/*" }: { signal: AbortSignal; accept?: string },
): Promise<Buffer> {
  prepare();
  const response = await fetch(address, { signal, headers: { accept } });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function prepare(): void {
  if (prepared) return;
  prepared = true;
  setGlobalProxyFromEnv();
  setDefaultCACertificates([...getCACertificates("default"), ...getCACertificates("system")]);
}
