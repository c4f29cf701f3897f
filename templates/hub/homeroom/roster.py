"""Who may come in, as what, and with how much: compiled by the installer, read again whenever the file changes."""

import json
import os
from pathlib import Path

from .canary import NAME as CANARY
from .canary import Canary


class Roster:
    """The roster file; names are compared in the form that `normalize` gives them."""

    def __init__(self, path, normalize=str.lower):
        self._path = path
        self._normalize = normalize
        self._seen = None
        self.canary = Canary(Path(path).with_name("canary.json"))
        self.refresh()

    def refresh(self):
        """Reads the file where it has changed; says whether it has. A broken file leaves everything as it was."""
        try:
            status = os.stat(self._path)
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen == self._seen:
                return False
            with open(self._path, encoding="utf-8") as file:
                written = json.load(file)
            named = {key: frozenset(map(self._normalize, written[key])) for key in ("allowed", "admins", "banned")}
            first_passwords = {
                self._normalize(name): hashed.encode() for name, hashed in written["first_passwords"].items()
            }
            open_to_all = bool(written["open"])
            first_password, class_code = written["first_password"], (written["class_code"] or "").encode()
            limits = (written["memory_limit"], written["cpu_limit"])
            reserve = int(written["memory_reserve"])
            other_limits = {self._normalize(name): tuple(both) for name, both in written["other_limits"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            if self._seen is None:
                raise
            return False
        self._seen = seen
        self.allowed, self.admins, self.banned = named["allowed"], named["admins"], named["banned"]
        self.first_passwords, self.open = first_passwords, open_to_all
        self.first_password = first_password  # how a student without a password gets one: own, generated or code
        self.class_code = class_code  # its hash; empty where the teacher has set none
        self._limits, self._other_limits, self._reserve = limits, other_limits, reserve
        return True

    def lets_in(self, name):
        """Whether this person may come in at all; an open roster leaves it to the authenticator."""
        if name == CANARY:
            return self.canary.is_due()
        self.refresh()
        return name not in self.banned and (self.open or name in self.allowed or name in self.admins)

    def lists(self, name):
        """Whether the roster itself names this person."""
        if name == CANARY:
            return self.canary.is_due()
        self.refresh()
        return name not in self.banned and (name in self.allowed or name in self.admins)

    def limits(self, name):
        """What this person may use: bytes of memory and cores, None where there is no limit. systemd enforces it."""
        self.refresh()
        return self._other_limits.get(name, self._limits)

    def reserve(self):
        """Bytes of memory that no new server may touch."""
        self.refresh()
        return self._reserve

    def is_admin(self, name):
        if name == CANARY:
            return False
        self.refresh()
        return name in self.admins and name not in self.banned
