"""The canary: nobody's account, by which root proves now and then that people can log in and compute.

It exists for the hub only while root's note says so, for a minute or two; nobody else can come in under its name.
"""

import hmac
import json
import time
from pathlib import Path

NAME = "homeroom-canary"
TOKEN_NOTE = "homeroom's own look whether people can work"


class Canary:
    """canary.json, which root writes for one look and then takes away: {"until": seconds since 1970, "secret": …}."""

    def __init__(self, path, clock=time.time):
        self._path = Path(path)
        self._clock = clock

    def secret(self):
        """Its password, which is its token too; None where nobody is looking."""
        try:
            written = json.loads(self._path.read_text(encoding="utf-8"))
            secret, until = written["secret"], float(written["until"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return secret if isinstance(secret, str) and len(secret) >= 32 and self._clock() < until else None

    def is_due(self):
        return self.secret() is not None

    def knows(self, password):
        secret = self.secret()
        return secret is not None and hmac.compare_digest(secret.encode(), str(password).encode())
