import type { Config } from "../../../config/config.ts";
import type { Repository } from "../../backup/repository.ts";
import { HomeroomError } from "../../errors.ts";

/** @throws HomeroomError where the config names no place for copies */
export function repositoryOf({ backup }: Config): Repository {
  if (backup.repository !== null) {
    return { address: backup.repository, passwordFile: backup.passwordFile, keysFile: backup.keysFile };
  }
  throw new HomeroomError("Nothing says where copies go: `backup.repository` is not set.", {
    remedy:
      "For a disk or a share: sudo homeroom config set backup.repository=/srv/homeroom-copies (see docs/backup.md)",
  });
}
