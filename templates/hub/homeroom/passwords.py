"""Passwords that people have chosen, as bcrypt hashes in a small database in the hub's own directory."""

import asyncio
import hmac
import sqlite3

import bcrypt

BCRYPT_BYTES = 72  # bcrypt looks no further; newer versions of the library refuse longer input
NOBODYS = b"$2b$12$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK"  # as many rounds as gensalt's, for no password


async def hash_password(password):
    """A bcrypt hash, made in a thread: it takes 0.3 s, and others want to log in meanwhile."""
    return await asyncio.to_thread(bcrypt.hashpw, significant(password), bcrypt.gensalt())


async def matches(password, hashed):
    """Whether this is the password; compared in a thread and in constant time."""
    again = await asyncio.to_thread(bcrypt.hashpw, significant(password), hashed)
    return hmac.compare_digest(again, hashed)


async def matches_nobody(password):
    """Says no after as long as `matches` takes: how long an answer takes must not tell which names there are."""
    await matches(password, NOBODYS)
    return False


def significant(password):
    return password.encode()[:BCRYPT_BYTES]


class PasswordStore:
    """name -> hash, and the first password (by its hash) that was in force when the person chose this one."""

    def __init__(self, path):
        self._path = path
        with self._open() as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS passwords (name TEXT PRIMARY KEY, hash BLOB NOT NULL, replaced BLOB)"
            )

    def current(self, name, first):
        """The hash in force: the person's own choice, unless the installer has set another first password since."""
        with self._open() as database:
            row = database.execute("SELECT hash, replaced FROM passwords WHERE name = ?", (name,)).fetchone()
        if row is None or (first is not None and row[1] != first):
            return first
        return row[0]

    def add(self, name, hashed):
        """Stores a first choice; says no where there is one already."""
        with self._open() as database:
            done = database.execute("INSERT OR IGNORE INTO passwords VALUES (?, ?, NULL)", (name, hashed))
            return done.rowcount == 1

    def change(self, name, hashed, first):
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO passwords VALUES (?, ?, ?)", (name, hashed, first))

    def remove(self, name):
        with self._open() as database:
            database.execute("DELETE FROM passwords WHERE name = ?", (name,))

    def _open(self):
        return Closing(self._path)


class Closing:
    """A connection for one transaction: committed and closed, or rolled back and closed."""

    def __init__(self, path):
        self._connection = sqlite3.connect(path, timeout=5)

    def __enter__(self):
        return self._connection

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self._connection.commit()
        finally:
            self._connection.close()
