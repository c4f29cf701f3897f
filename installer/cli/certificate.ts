import { Command } from "commander";
import { loadConfig } from "../../config/load.ts";
import { lockMachine } from "../apply/lock.ts";
import { certificateFile } from "../desired/https.ts";
import { HomeroomError } from "../errors.ts";
import { currentGeneration } from "../generations/generations.ts";
import type { Host } from "../host/host.ts";
import { keepBlob } from "../resources/blobs.ts";
import { ownCertificatePath } from "../resources/certificate-path.ts";
import { readFileState, writeFileState } from "../resources/file.ts";
import { hashOf } from "../resources/hash.ts";
import { readMachineFacts } from "./config/machine-facts.ts";
import { hostOf, narrate, requireRoot, whoAsks, type GlobalOptions } from "./context.ts";
import { readKept } from "./describe-changes.ts";
import { refuseErrors } from "./problem-words.ts";
import { readCertificate } from "./read-certificate.ts";

/** `homeroom certificate renew`: what homeroom-certificate.service runs when the files of `https.tls` have changed. */
export function certificateCommand(): Command {
  const command = new Command("certificate").description("The front door's certificate, for its units.");
  command.command("renew").action(async function (this: Command) {
    const options = this.optsWithGlobals<GlobalOptions>();
    requireRoot(options);
    const host = hostOf(options);
    await using _lock = await lockMachine(host, { command: "certificate renew", who: whoAsks() });
    narrate(await renew(host));
  });
  return command;
}

/**
 * Puts what the live config names where the proxy reads it, which takes it from the next handshake on.
 * @throws HomeroomError where key and certificate cannot be used; the ones in use stay.
 */
async function renew(host: Host): Promise<string> {
  const generation = await currentGeneration(host);
  const asked = generation && (await readKept(host, generation));
  if (asked === undefined) throw new HomeroomError("Homeroom is not installed.", { remedy: "Install it." });
  const text = Buffer.from(asked.config);
  const { config, problems } = loadConfig(text, { facts: await readMachineFacts(text), allowNotYet: true });
  const unusable = problems.filter(
    ({ path, severity }) => severity === "error" && path.startsWith("/https/tls"),
  );
  if (unusable.length > 0) refuseErrors(unusable, "The config that is live");
  const pem = config && (await readCertificate(host, config));
  if (pem === undefined) return "There is no certificate to renew.";
  if ((await readFileState(host, ownCertificatePath)) === undefined) {
    throw new HomeroomError(`${ownCertificatePath} is not there.`, { remedy: "Type: sudo homeroom apply" });
  }
  const sha256 = hashOf(pem);
  const state = { sha256, ...certificateFile };
  if (JSON.stringify(await readFileState(host, ownCertificatePath)) === JSON.stringify(state))
    return "The certificate is the one in use.";
  await keepBlob(host, pem);
  await writeFileState(host, ownCertificatePath, state);
  return "The renewed certificate is in use.";
}
