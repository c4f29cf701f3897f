/** The config that an install writes: the admin, and the places where a teacher will want to write. */
export function firstConfig(admin: string): string {
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
  # What one person may use, as in 1G; whoever needs more gets a message, not the whole class.
  # auto is computed from this machine: homeroom config show --origin limits
  memory: auto
`;
}

/** Whether a user name can be the admin's: true, or what is wrong with it. */
export function validName(name: string): true | string {
  return /^[a-z][a-z0-9_.@-]{0,60}$/.test(name)
    ? true
    : `${JSON.stringify(name)} cannot be a user name: small letters, digits and _ . @ -, beginning with a letter.`;
}
