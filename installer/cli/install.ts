import { Command, Option } from "commander";
import { loadConfig } from "../../config/load.ts";
import { exitCodes, HomeroomError } from "../errors.ts";
import { currentGeneration, type Generation } from "../generations/generations.ts";
import type { Host } from "../host/host.ts";
import type { Applied } from "./apply-situation.ts";
import { applyNow, resultOf } from "./apply.ts";
import { canAsk, hostOf, narrate, printJson, requireRoot, type GlobalOptions } from "./context.ts";
import { compileBytecodeLater } from "./compile-bytecode.ts";
import { setFirstPassword } from "./first-password.ts";
import {
  domainIn,
  firstConfig,
  packagesIn,
  proposedPackages,
  validName,
  validPackages,
  validDomain,
  validEmail,
} from "./first-config.ts";
import { configOf, configPath, readConfig } from "./read-config.ts";
import { readVersion } from "./read-release.ts";
import { showWelcome } from "./welcome.ts";

interface InstallFlags {
  admin?: string;
  adminPasswordFile?: string;
  config?: string;
  yes?: true;
  take?: true;
  offline?: string;
  progressPage?: true;
  json?: true;
}

/** `homeroom install`: what bootstrap.sh runs; run again it repairs, and does nothing where all is well. */
export function installCommand(): Command {
  return new Command("install")
    .description("Make this machine a hub, or repair it. Does nothing where all is well.")
    .option(
      "--admin <name[:password]>",
      "the teacher's user name; the password better by HOMEROOM_ADMIN_PASSWORD",
    )
    .option("--admin-password-file <file>", "read the admin's password from a file")
    .option("--config <file>", "start with this config.yaml")
    .option("--yes", "ask nothing")
    .option("--take", "write anew what was changed by hand")
    .option("--offline <directory>", "wheels to install from, where there is no package index")
    .addOption(new Option("--progress-page", "show the steps on the front door meanwhile").hideHelp())
    .option("--json", "the result as data")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo homeroom install --admin teacher\n  sudo homeroom install --yes",
    )
    .action(async function (this: Command) {
      const options = this.optsWithGlobals<GlobalOptions & InstallFlags>();
      requireRoot(options);
      const host = hostOf(options);
      const before = await otherReleaseInUse(host);
      if (before !== undefined) {
        const { changeRelease } = await import("./change-release.ts");
        const { yes, take, offline } = options;
        const changed = await changeRelease(host, before, { yes, take, wheels: offline });
        if (changed.outcome === "applied") await compileBytecodeLater(host);
        if (options.json) printJson(resultOf(changed));
        return;
      }
      const { password: given, ...applied } = await install(host, options);
      if (options.json) printJson(resultOf(applied));
      else showWelcome(applied, given);
    });
}

/** The generation in use, where another release made it: a newer bootstrap.sh, or `homeroom upgrade`, runs this one. */
async function otherReleaseInUse(host: Host): Promise<Generation | undefined> {
  const generation = await currentGeneration(host);
  return generation === undefined || generation.release === (await readVersion()) ? undefined : generation;
}

/** Returns how it went and, once, the password that was made up for the admin. */
async function install(host: Host, flags: InstallFlags): Promise<Applied & { password: string | undefined }> {
  const secret = await givenPassword(host, flags);
  const [admin = ""] = (flags.admin ?? "").split(":");
  await writeFirstConfig(host, flags, admin);
  const { config } = await readConfig(host);
  const password =
    config.auth.class === "firstuse"
      ? await setFirstPassword(host, config.users.admin, secret, canAsk() && !flags.yes)
      : undefined;
  // Whoever types install wants it; what was changed by hand stays unless --yes says otherwise.
  const applied = await applyNow(host, "install", {
    yes: flags.yes,
    asked: true,
    ...(flags.take ? { take: true } : { keep: true }),
    wheels: flags.offline,
    progressPage: flags.progressPage,
  });
  if (applied.situation.generation === undefined && config.environment.from !== null)
    await applyFolder(host, flags.offline);
  if (applied.outcome === "applied") await compileBytecodeLater(host);
  return { ...applied, password };
}

/**
 * What `environment.from` names comes once the hub is there: the account that fetches it is. Where it cannot be had the
 * install stands, with the plain environment.
 */
async function applyFolder(host: Host, wheels: string | undefined): Promise<void> {
  try {
    await applyNow(host, "install", { asked: true, keep: true, wheels });
  } catch (error) {
    if (!(error instanceof HomeroomError)) throw error;
    narrate(`The hub is installed, without what environment.from names: ${error.message}\n${error.remedy}`);
    process.exitCode = exitCodes.failed;
  }
}

/** From a file, the environment, or (readable by everybody in the process list) the argument. */
async function givenPassword(
  host: Host,
  { admin, adminPasswordFile }: InstallFlags,
): Promise<string | undefined> {
  if (adminPasswordFile !== undefined) {
    const text = (await host.read(adminPasswordFile))?.toString("utf8").split("\n")[0];
    if (text !== undefined && text !== "") return text;
    throw new HomeroomError(`The password file ${adminPasswordFile} is empty or not there.`, {
      remedy: "Write the password into its first line.",
    });
  }
  const fromEnvironment = process.env["HOMEROOM_ADMIN_PASSWORD"];
  delete process.env["HOMEROOM_ADMIN_PASSWORD"];
  const colon = admin?.indexOf(":") ?? -1;
  return fromEnvironment ?? (admin !== undefined && colon >= 0 ? admin.slice(colon + 1) : undefined);
}

async function writeFirstConfig(host: Host, flags: InstallFlags, admin: string): Promise<void> {
  const there = await host.stat(configPath);
  if (there !== undefined) {
    if (flags.config !== undefined)
      narrate(`${configPath} is there already and stays as it is; --config is not used.`);
    return;
  }
  const text =
    flags.config === undefined ? await askedConfig(flags, admin) : await givenConfig(host, flags.config);
  await host.makeDirectory("/etc/homeroom", { mode: 0o755, uid: 0, gid: 0 });
  await host.write(configPath, text, { mode: 0o600, uid: 0, gid: 0 });
}

async function givenConfig(host: Host, path: string): Promise<string> {
  const text = await host.read(path);
  if (text === undefined) {
    throw new HomeroomError(`There is no file ${path}.`, {
      remedy: "Give the path of a config.yaml to --config.",
    });
  }
  configOf(loadConfig(text), path);
  return text.toString("utf8");
}

async function askedConfig({ yes, offline }: InstallFlags, given: string): Promise<string> {
  const answer = given === "" || validName(given);
  if (answer !== true) throw new HomeroomError(answer, { remedy: "As in: --admin teacher" });
  if (!canAsk() || yes) return firstConfig(given || "admin", []);
  const { askLine } = await import("./ask.ts");
  const admin =
    given || (await askLine("User name of the teacher (an admin of the hub):", "teacher", validName));
  // Without an index there is nothing but what the release needs.
  if (offline !== undefined) return firstConfig(admin, []);
  const packages = await askLine(
    'Python packages for everybody ("none" for none):',
    proposedPackages,
    validPackages,
  );
  const domain = domainIn(
    await askLine('Public name of the hub, for HTTPS ("none" for none):', "none", validDomain),
  );
  if (domain === undefined) return firstConfig(admin, packagesIn(packages));
  const email = await askLine("E-mail address for warnings about the certificate:", "", validEmail);
  return firstConfig(admin, packagesIn(packages), { domain, email });
}
