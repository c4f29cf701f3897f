/** Why a group of people cannot have this name; undefined where it can. */
export function unusableGroup(group: string): string | undefined {
  if (isReservedGroup(group))
    return "it belongs to the system: its members could take over the machine or the hub";
  return groupShape.test(group) ? undefined : "it is not the name of a Unix group";
}

/** Members of it are root, or soon, on Debian and Ubuntu; or it is Homeroom's or TLJH's own. */
export function isReservedGroup(group: string): boolean {
  return reservedGroups.has(group) || /^(?:homeroom|jupyter|systemd)(?:-|$)/.test(group);
}

/** A class may need it (containers, instruments), but it reaches beyond one's own home. */
export function isPowerfulGroup(group: string): boolean {
  return powerfulGroups.has(group);
}

/** What Debian's groupadd takes, in words that people can keep. */
export const groupShape = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;

const reservedGroups = new Set(
  "root sudo wheel admin shadow disk kmem daemon bin sys jupyterhub-admins jupyterhub-users".split(" "),
);

const powerfulGroups = new Set(
  "adm docker lxd libvirt kvm netdev staff mail backup operator input tty".split(" "),
);

/** The other groups of a fresh Debian (base-passwd 3.6): none of them means a part of a class. */
export const systemGroups = new Set(
  "lp news uucp man proxy dialout fax voice cdrom floppy tape audio dip www-data list irc src utmp video sasl plugdev games users nogroup render sgx crontab messagebus polkitd ssl-cert lpadmin scanner bluetooth".split(
    " ",
  ),
);
