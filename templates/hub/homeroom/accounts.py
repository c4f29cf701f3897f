"""Which account and which unit belong to a person's name in the hub."""

import hashlib
import json
import os
import re
from pathlib import Path

PREFIX = "jupyter-"
USERS_SLICE = "homeroom.slice/homeroom-users.slice"  # of all servers, below the root of the control groups
LONGEST_PLAIN = 25  # useradd takes 32; TLJH shortens from 26 on, and homes made by TLJH must stay theirs
LONGEST = 32
ALLOWED = re.compile(r"[a-z0-9_.@+-]+")
DIRECTORIES = (".", "..")  # what these are wherever an instance becomes a path
SHORTENED = re.compile(r".{26}-[0-9a-f]{5}|.{1,18}-[0-9a-f]{13,}")


def account_of(name):
    """The account of this hub name; the three forms (plain, shortened, made safe) never meet."""
    plain = PREFIX + name
    digest = hashlib.sha256(plain.encode()).hexdigest()
    if not ALLOWED.fullmatch(name) or name in DIRECTORIES:
        safe = PREFIX + "".join(c if ALLOWED.fullmatch(c) else "_" for c in name)[:10] + "-"
        return safe + digest[: LONGEST - len(safe)]
    if len(plain) > LONGEST_PLAIN:
        return f"{plain[:26]}-{digest[:5]}"
    return plain


def instance_of(account):
    """The unescaped instance of the account's units: what `%I` gives."""
    return account.removeprefix(PREFIX)


def escape(text):
    """Escapes as `systemd-escape` does (systemd.unit(5), "String Escaping for Inclusion in Unit Names")."""

    def one(index, byte):
        char = chr(byte)
        if char == "/":
            return "-"
        plain = (char.isascii() and char.isalnum()) or char in ":_" or (char == "." and index > 0)
        return char if plain else f"\\x{byte:02x}"

    return "".join(one(index, byte) for index, byte in enumerate(text.encode()))


def unit_of(account):
    """The unit that is this account's notebook server."""
    return f"homeroom-user@{escape(instance_of(account))}.service"


def slice_of(account):
    """The control group of everything this account runs, as a path below the root of the hierarchy."""
    return f"{USERS_SLICE}/homeroom-users-{escape(instance_of(account))}.slice"


class AccountTaken(Exception):
    """Another name already has the account that this name leads to."""


class AccountOwners:
    """Remembers who came first to a shortened account: 20 bits of a hash do not keep two names apart for sure."""

    def __init__(self, path):
        self.path = Path(path)

    def claim(self, name):
        """The account of `name`, for ever its own; raises AccountTaken where another name has it."""
        account = account_of(name)
        if account == PREFIX + name:
            return account
        owners = self._read()
        owner = owners.setdefault(account, name)
        if owner != name:
            raise AccountTaken(account)
        if account not in self._read():
            self._write(owners)
        return account

    def _read(self):
        try:
            return json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}

    def _write(self, owners):
        fresh = self.path.with_suffix(".new")
        with open(fresh, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(owners, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
