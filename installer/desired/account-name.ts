/** What every account of a person begins with, as in TLJH, whose homes carry over. */
const prefix = "jupyter-";
/** "." and ".." are directories wherever an instance becomes a path. */
const plain = /^(?!\.{1,2}$)[a-z0-9_.@+-]+$/;
const safe = /^[a-z0-9_.@+-]$/;
/** TLJH's rule keeps the first 26 characters of a longer account name and adds a hash. */
const longest = 26;

/**
 * The Unix account of a hub name: TLJH's own rule, and a longer hash wherever a character could not stand
 * in an account's name. The hub's Python has the same rule; test/python/account-names.json holds both to it.
 */
export function accountName(hubName: string): string {
  const whole = `${prefix}${hubName}`;
  if (isPlain(hubName)) return whole;
  // Slow to load, and few names need it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(whole).digest("hex");
  if (!plain.test(hubName)) {
    const readable = Array.from(hubName, (character) => (safe.test(character) ? character : "_"));
    const start = `${prefix}${readable.slice(0, 10).join("")}-`;
    return start + hash.slice(0, 32 - start.length);
  }
  return `${whole.slice(0, longest)}-${hash.slice(0, 5)}`;
}

/**
 * The account of a hub name to which another name could lead too: hashes are short. Undefined for the plain names, whose
 * accounts are nobody else's.
 */
export function sharedAccount(hubName: string): string | undefined {
  return isPlain(hubName) ? undefined : accountName(hubName);
}

/** The hub name that is in an account's name; undefined where there is a hash instead. */
export function plainNameOf(account: string): string | undefined {
  const name = account.slice(prefix.length);
  return account.startsWith(prefix) && isPlain(name) ? name : undefined;
}

/** Whether the account's name is the hub name behind the prefix. */
export function isPlain(hubName: string): boolean {
  return prefix.length + hubName.length < longest && plain.test(hubName);
}

/** The account that units of an instance run as: the other way of `instanceOf`. */
export function accountOfInstance(instance: string): string {
  return `jupyter-${instance}`;
}

/** The instance of a person's units, before systemd's escaping: the account without its prefix. */
export function instanceOf(account: string): string {
  return account.slice(prefix.length);
}
