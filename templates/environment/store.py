"""Where snapshots are kept: one JSON a snapshot, and the contents they share, named by hash."""

import contextlib
import fcntl
import json
import os
import shutil
from datetime import datetime, timedelta, timezone

LARGEST_STORE = 2 * 1024**3  # bytes of contents; the oldest snapshots go first
FEWEST = 10  # snapshots that stay, however large
MOST = 200
FORM = "%Y%m%d-%H%M%S"  # of an id, which is a time
SPARE = 0.05  # of the disk; where less is free nothing is copied


class Store:
    def __init__(self, folder):
        self.folder = folder

    @contextlib.contextmanager
    def locked(self):
        """One writer at a time."""
        os.makedirs(os.path.join(self.folder, "objects"), exist_ok=True)
        with open(os.path.join(self.folder, "lock"), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def ids(self):
        """Oldest first."""
        return sorted(name.removesuffix(".json") for name in os.listdir(self.folder) if name.startswith("2") and name.endswith(".json"))

    def read(self, id):
        with open(os.path.join(self.folder, f"{id}.json")) as file:
            return json.load(file)

    def latest(self):
        """None where there is none, or the last one is damaged."""
        try:
            return self.read(os.readlink(os.path.join(self.folder, "latest")).removesuffix(".json"))
        except (OSError, ValueError):
            return None

    def add(self, snapshot, latest=True):
        """Keeps a snapshot under a new id that sorts by time, moves `latest` to it (where it is of what is in use), drops what is too old."""
        now = datetime.now(timezone.utc)
        id = now.strftime(FORM)
        last = max(self.ids(), default="")
        if id <= last:  # two in a second, or a clock that was set back
            id = (datetime.strptime(last, FORM) + timedelta(seconds=1)).strftime(FORM)
        whole = {"version": 1, "id": id, "created": now.isoformat(timespec="seconds"), **snapshot}
        self._write(f"{id}.json", json.dumps(whole).encode())
        if latest:
            self._point_to(id)
        sync(self.folder)
        self.prune()
        return whole

    def keep(self, path, hash, size):
        """Copies a file's content unless it is there; False where the disk has no room for it."""
        name = self.object_path(hash)
        if os.path.exists(name):
            return True
        usage = shutil.disk_usage(self.folder)
        if usage.free - size < usage.total * SPARE:
            return False
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as source:
            with open(f"{name}.new", "wb") as target:
                shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
        os.rename(f"{name}.new", name)
        return True

    def object_path(self, hash):
        return os.path.join(self.folder, "objects", hash[:2], hash)

    def index(self):
        """The last look at the environment's files; only speed depends on it."""
        try:
            with open(os.path.join(self.folder, "index.json")) as file:
                return json.load(file)
        except (OSError, ValueError):
            return {"environment": None, "files": {}}

    def write_index(self, index):
        self._write("index.json", json.dumps(index).encode())

    def prune(self):
        """Drops the oldest snapshots above the limits, and contents that no snapshot names."""
        ids = self.ids()
        used = {id: {copy[1]: copy[2] for copy in self._copies(id) if copy[1]} for id in ids}
        while len(ids) > FEWEST:
            size = sum({hash: size for id in ids for hash, size in used[id].items()}.values())
            if len(ids) <= MOST and size <= LARGEST_STORE:
                break
            os.unlink(os.path.join(self.folder, f"{ids.pop(0)}.json"))
        named = {hash for id in ids for hash in used[id]}
        for folder, _, names in os.walk(os.path.join(self.folder, "objects")):
            for name in names:
                if name not in named:
                    os.unlink(os.path.join(folder, name))

    def _point_to(self, id):
        link = os.path.join(self.folder, ".latest")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(link)
        os.symlink(f"{id}.json", link)
        os.rename(link, os.path.join(self.folder, "latest"))

    def _copies(self, id):
        try:
            return self.read(id)["copies"]
        except (OSError, ValueError, KeyError):
            return []

    def _write(self, name, content):
        fresh = os.path.join(self.folder, f".{name}.new")
        with open(fresh, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(fresh, os.path.join(self.folder, name))
        sync(self.folder)


def sync(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
