"""The files of an environment with their hashes; as git's index does, a file that looks unchanged is not read again."""

import base64
import hashlib
import os
import re
import stat

# What building an environment makes anew: the venv itself, byte code, and what is compiled for it.
MADE_ANEW = re.compile(
    r"(?:.*/)?__pycache__(?:/.*)?|pyvenv\.cfg|\.condarc|\.lock|\.gitignore|CACHEDIR\.TAG|lib64|share/homeroom(?:/.*)?"
    r"|bin/(?:python[0-9.]*|pythonw|activate.*|deactivate.*|pydoc\.bat)"
    r"|lib/python3\.\d+/site-packages/(?:_virtualenv\.(?:py|pth)|_homeroom_user_site\.py|homeroom-user-site\.pth|~[^/]*(?:/.*)?)",
)
LARGEST_COPY = 256 * 1024**2


class Entry:
    """One file or link: `hash` as RECORD writes it (without "sha256="), None where it cannot be read."""

    def __init__(self, path, status, hash=None, target=None):
        self.path, self.hash, self.target = path, hash, target
        self.mode, self.size, self.owner = stat.S_IMODE(status.st_mode), status.st_size, status.st_uid


def site_of(root):
    """site-packages, relative to the root; the newest where there are several."""
    try:
        names = [name for name in os.listdir(os.path.join(root, "lib")) if re.fullmatch(r"python3\.\d+", name)]
    except OSError:
        return None
    newest = max(names, key=lambda name: int(name.rpartition(".")[2]), default=None)
    return None if newest is None else f"lib/{newest}/site-packages"


def entries(root, index):
    """Every entry by path; `index` (path -> [status, hash]) is read and renewed."""
    found, fresh = {}, {}
    for path, status in walk(root, ""):
        if stat.S_ISLNK(status.st_mode):
            found[path] = Entry(path, status, target=os.readlink(os.path.join(root, path)))
            continue
        looks = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        known = index.get(path)
        value = known[1] if known and known[0] == looks else hash_of(os.path.join(root, path))
        if value is not None:
            fresh[path] = [looks, value]
        found[path] = Entry(path, status, value)
    index.clear()
    index.update(fresh)
    return found


def walk(root, folder):
    """Files and links below a folder that are not made anew; no link is followed."""
    try:
        listing = list(os.scandir(os.path.join(root, folder)))
    except OSError:
        return
    for item in listing:
        path = f"{folder}/{item.name}" if folder else item.name
        if MADE_ANEW.fullmatch(path):
            continue
        try:
            status = item.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                yield from walk(root, path)
            elif stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
                yield path, status
        except OSError:
            continue  # it went meanwhile


def hash_of(path):
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
