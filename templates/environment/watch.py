"""Takes a snapshot of the shared environment soon after each burst of changes: homeroom-snapshots.service.

`python3 -I -S watch.py CHANGED STORE LINK LOCKS UV`. CHANGED is written to before each snapshot: rights.py waits for it.
inotify(7) tells of every write below the environment that LINK points to;
where the kernel has no watches left, the files are looked at every POLL seconds instead.
"""

import ctypes
import os
import select
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(HERE)

from tree import MADE_ANEW  # noqa: E402

SETTLE = 8  # seconds without a write after which a burst is over
LONGEST = 120  # seconds after which a snapshot is taken even though writing goes on
FLIPPED = 10  # seconds after the link has moved: whoever moved it takes a snapshot that says so
OPENED = 2  # seconds that rights.py gets to open what nobody else could read
POLL = 20
# <sys/inotify.h>
CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE, ATTRIB = 0x8, 0x40, 0x80, 0x100, 0x200, 0x4
ONLYDIR, DONT_FOLLOW, EXCL_UNLINK, ISDIR, OVERFLOW = 0x01000000, 0x02000000, 0x04000000, 0x40000000, 0x4000
MASK = CLOSE_WRITE | ATTRIB | MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLYDIR | DONT_FOLLOW | EXCL_UNLINK
EVENT = struct.Struct("iIII")


def main():
    changed, store, link, locks, uv = sys.argv[1:6]
    command = ["/usr/bin/python3", "-I", "-S", os.path.join(HERE, "snapshot.py"), store, link, locks, uv]
    before = None
    while True:
        root = os.path.realpath(link)
        if os.path.isdir(root):
            watcher = Watcher(root, link)
            if before not in (None, root):
                time.sleep(FLIPPED)
            before = root
            with open(changed, "w"):
                pass
            time.sleep(OPENED)
            subprocess.run(command, stdout=subprocess.DEVNULL, timeout=1800)
            watcher.wait()
            watcher.close()
        else:
            time.sleep(POLL)


def is_noise(path):
    """Whether nobody needs to look when this changes; without the interpreter nothing starts."""
    return bool(MADE_ANEW.fullmatch(path)) and not path.startswith(("bin/python", "pyvenv.cfg"))


class Watcher:
    """Watches one environment, and whether the link moves on to another."""

    def __init__(self, root, link):
        self.root, self.link = root, link
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self.folders = {}
        self.complete = self.descriptor >= 0 and self.add_link() and self.add(root)

    def close(self):
        if self.descriptor >= 0:
            os.close(self.descriptor)

    def wait(self):
        """Returns when a burst of changes is over, or the link points elsewhere."""
        if not self.complete:
            time.sleep(POLL)
            return
        first = last = None
        while os.path.realpath(self.link) == self.root:
            now = time.monotonic()
            if first is not None and (now - last >= SETTLE or now - first >= LONGEST):
                return
            ready, _, _ = select.select([self.descriptor], [], [], None if first is None else SETTLE - (now - last) + 0.1)
            if ready and self.drain():
                last = time.monotonic()
                first = first or last

    def drain(self):
        """Reads what happened; whether any of it is a change of the environment."""
        try:
            data = os.read(self.descriptor, 1 << 20)
        except BlockingIOError:
            return False
        changed, offset = False, 0
        while offset < len(data):
            watch, mask, _, length = EVENT.unpack_from(data, offset)
            name = data[offset + EVENT.size : offset + EVENT.size + length].rstrip(b"\0").decode(errors="surrogateescape")
            offset += EVENT.size + length
            if mask & OVERFLOW:
                self.complete = self.add(self.root)
                changed = True
            folder = self.folders.get(watch)
            if folder is None or not name:
                continue
            path = os.path.join(folder, name)
            if is_noise(os.path.relpath(path, self.root)):
                continue
            changed = True
            if mask & ISDIR and mask & (CREATE | MOVED_TO):
                self.complete = self.add(path) and self.complete
        return changed

    def add_link(self):
        return self.libc.inotify_add_watch(self.descriptor, os.fsencode(os.path.dirname(self.link)), MOVED_TO | ONLYDIR) >= 0

    def add(self, folder):
        """Watches a folder and all below it; False where the kernel has no watch left."""
        pending = [folder]
        while pending:
            folder = pending.pop()
            watch = self.libc.inotify_add_watch(self.descriptor, os.fsencode(folder), MASK)
            if watch < 0:
                if ctypes.get_errno() in (12, 28):  # ENOMEM, ENOSPC
                    return False
                continue  # it went meanwhile
            self.folders[watch] = folder
            try:
                for item in os.scandir(folder):
                    if item.is_dir(follow_symlinks=False) and not MADE_ANEW.fullmatch(os.path.relpath(item.path, self.root)):
                        pending.append(item.path)
            except OSError:
                continue
        return True


if __name__ == "__main__":
    main()
