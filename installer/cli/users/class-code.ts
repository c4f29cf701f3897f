import { applyNow, resultOf } from "../apply.ts";
import { hostOf, narrate, print, printJson, requireRoot, type GlobalOptions } from "../context.ts";
import { readClassCode, writeClassCode } from "../first-passwords-file.ts";
import { hashPassword, madeUpPassword } from "../password.ts";
import { readConfig } from "../read-config.ts";
import { givenSecret, type SecretOptions } from "./given-secret.ts";
import { refuseForeignPasswords } from "./reset-password.ts";

const shortest = 6;

/**
 * `homeroom users class-code`: what students type at their first login where the config says
 * `auth.first_password: code`. Made up unless one is given; told once, kept as a hash.
 */
export async function setClassCode(options: GlobalOptions & SecretOptions & { json?: true }): Promise<void> {
  requireRoot(options);
  const host = hostOf(options);
  const read = await readConfig(host);
  refuseForeignPasswords(read);
  const given = await givenSecret(
    "The class code",
    { ...options, ...(!options.passwordStdin && { generate: true }) },
    (code) => (code.trim().length < shortest ? `The code has fewer than ${shortest} characters.` : true),
  );
  const code = given?.trim() ?? madeUpPassword(2);
  const before = await readClassCode(host);
  await writeClassCode(host, await hashPassword(code));
  try {
    const applied = await applyNow(host, "users class-code", { keep: true, asked: true });
    if (read.config.auth.firstPassword !== "code") {
      narrate("It counts after: sudo homeroom config set auth.first_password=code");
    }
    const told = given === undefined ? { code } : {};
    if (options.json) printJson({ ...told, ...resultOf(applied) });
    else if (given === undefined) print(code);
  } catch (error) {
    if (before !== undefined) await writeClassCode(host, before);
    throw error;
  }
}
