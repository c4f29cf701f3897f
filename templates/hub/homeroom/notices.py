"""What root asks of the hub for one person at a time: to sign somebody out, to forget somebody whose home is gone."""

import json
import os
from pathlib import Path


class Notices:
    """notices.json, which root writes: name -> {"at": when, "forget": whether}. Each is heeded once.

    Times are ISO 8601 in UTC and never go back, so the hub keeps only the last one that it has heeded.
    """

    def __init__(self, path, heeded_path):
        self._path = Path(path)
        self._heeded_path = Path(heeded_path)
        self._seen = None

    def fresh(self):
        """Those since the last one that was heeded, oldest first, as (name, notice)."""
        try:
            status = os.stat(self._path)
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen == self._seen:
                return []
            written = json.loads(self._path.read_text(encoding="utf-8"))
            heeded = self._heeded()
            found = [(name, notice) for name, notice in written.items() if notice["at"] > heeded]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return []
        self._seen = seen
        return sorted(found, key=lambda both: both[1]["at"])

    def heed(self, notice):
        """Remembers that this one, and with it every older one, was heeded."""
        fresh = self._heeded_path.with_suffix(".new")
        with open(fresh, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(notice["at"])
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self._heeded_path)

    def _heeded(self):
        try:
            return self._heeded_path.read_text()
        except FileNotFoundError:
            return ""
