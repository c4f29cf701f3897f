const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

/**
 * The config that an install writes: the admin, and a limit with which several people fit on the machine.
 * @param memory the machine's, in bytes
 */
export function firstConfig(admin: string, memory: number): string {
  const share = memory >= 3 * GiB ? "1G" : `${Math.max(256, Math.floor(memory / 3 / MiB / 64) * 64)}M`;
  return `# yaml-language-server: $schema=/opt/homeroom/current/config/schema.json
# The one file of this hub. After a change: sudo homeroom apply
# Every key: homeroom config reference

users:
  # Admins may use sudo and install packages for everybody.
  admin:
    - ${JSON.stringify(admin)}
  # Who else may log in, one name a line; each sets a password at the first login.
  allowed: []

limits:
  # What one person may use; whoever needs more gets a message, not the whole class.
  memory: ${share}
`;
}

/** Whether a user name can be the admin's: true, or what is wrong with it. */
export function validName(name: string): true | string {
  return /^[a-z][a-z0-9_.@-]{0,60}$/.test(name)
    ? true
    : `${JSON.stringify(name)} cannot be a user name: small letters, digits and _ . @ -, beginning with a letter.`;
}
