import type { Config } from "../../config/config.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import type { HostReader } from "../host/host.ts";
import { followTrusted } from "./trusted-path.ts";

/**
 * Key and certificates that `https.tls` names, as one PEM text; undefined where the config has no certificate of its
 * own. Whether they fit each other is a rule of the config (`config/rules/machine-rules.ts`).
 * @throws HomeroomError (exit code 78) where one of the files is not there.
 */
export async function readCertificate(host: HostReader, { https }: Config): Promise<string | undefined> {
  if (https.mode !== "manual") return undefined;
  const parts = [await readPart(host, "key", https.tls.key), await readPart(host, "cert", https.tls.cert)];
  return parts.map((text) => `${text.trimEnd()}\n`).join("");
}

async function readPart(host: HostReader, name: "key" | "cert", path: string): Promise<string> {
  const content = await host.read(await followTrusted(host, path));
  if (content !== undefined) return content.toString("utf8");
  throw new HomeroomError(`There is no file ${path}, which \`https.tls.${name}\` names.`, {
    remedy: "Correct the path, or put the file there.",
    exitCode: exitCodes.invalidConfig,
  });
}
