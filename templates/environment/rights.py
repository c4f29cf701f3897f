"""Opens what admins have put into the shared environment, whatever their umask was: homeroom-environment-rights.service.

`python3 -I -S rights.py LINK GROUP`: all may read, all of the group may write. Root with three capabilities: it goes by
open folders, follows no link, and leaves alone what has another name elsewhere.
"""

import grp
import os
import stat
import sys


def main():
    link, group = sys.argv[1:3]
    print(f"{open_up(os.path.realpath(link), grp.getgrnam(group).gr_gid)} changed")


def open_up(root, gid):
    """Sets group and rights below a folder; how many were other than they should be."""
    changed = 0
    for _, _, files, folder in os.fwalk(root, follow_symlinks=False):
        changed += mend(folder, 0o2775, gid)
        for name in files:
            try:
                file = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            except OSError:
                continue  # it went meanwhile
            try:
                status = os.fstat(file)
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
                    changed += mend(file, 0o775 if status.st_mode & stat.S_IXUSR else 0o664, gid)
            finally:
                os.close(file)
    return changed


def mend(descriptor, least, gid):
    status = os.fstat(descriptor)
    mode = stat.S_IMODE(status.st_mode)
    # No program in here runs as somebody else than whoever starts it.
    wanted = (mode & 0o1777 | least) if stat.S_ISDIR(status.st_mode) else (mode & 0o777 | least)
    if status.st_gid == gid and mode == wanted:
        return 0
    path = f"/proc/self/fd/{descriptor}"
    if status.st_gid != gid:
        os.chown(path, -1, gid)
    os.chmod(path, wanted)
    return 1


if __name__ == "__main__":
    main()
