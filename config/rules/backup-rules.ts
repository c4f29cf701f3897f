import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** What Homeroom knows to reach, without a secret in the address: a directory, SFTP, S3. */
const address =
  /^(?:\/[^\0\n]*[^/\n]|sftp:(?:\/\/)?[^\s:@-][^\s:@]*(?:@[^\s:@]+)?(?::\d+)?(?::|\/)\S+|s3:(?:https?:\/\/)?[^\s@]+)$/;

/** Copies go somewhere that restic reaches. */
export function repositoryIsReachable(context: RuleContext): Finding[] {
  const { repository } = context.config.backup;
  if (repository === null || address.test(repository)) return [];
  const path = ["backup", "repository"];
  const message = "`backup.repository` is no place for copies that Homeroom knows.";
  const hint =
    "Write a directory (/srv/copies), sftp:user@host:/directory, or s3:https://host/bucket; keys go into `backup.keys_file`.";
  return [finding(context, "error", "backup-repository", path, message, hint)];
}

/** A home in the copy of homes, and the other way round, would grow without end. */
export function copiesAreElsewhere(context: RuleContext): Finding[] {
  const { repository } = context.config.backup;
  const inside = ["/home", "/etc/homeroom", "/var/lib/homeroom", "/opt/homeroom"].find(
    (folder) => repository === folder || repository?.startsWith(`${folder}/`),
  );
  if (inside === undefined) return [];
  const path = ["backup", "repository"];
  const message = `The copies would lie in ${inside}, with what they are copies of.`;
  return [
    finding(context, "error", "backup-inside", path, message, "Name another place, best on another disk."),
  ];
}

/** Files with secrets are named in full. */
export function secretFilesAreAbsolute(context: RuleContext): Finding[] {
  const { passwordFile, keysFile } = context.config.backup;
  const files: [string, string | null][] = [
    ["password_file", passwordFile],
    ["keys_file", keysFile],
  ];
  return files.flatMap(([key, file]) => {
    if (file === null || /^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[^\n]+$/.test(file)) return [];
    const message = `\`backup.${key}\` is no full path of a file.`;
    const hint = "Write it as in /root/backup-password.";
    return [finding(context, "error", "backup-file", ["backup", key], message, hint)];
  });
}
