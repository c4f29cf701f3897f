"""Copies the hub's databases, each as it is at one moment, while the hub goes on: `copy_databases.py FOLDER COPIES`.

Run by `homeroom backup run` with the hub's own rights, never as root. What an earlier run left is made anew.
"""

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

DATABASES = ("jupyterhub.sqlite", "passwords.sqlite")


def main(folder, copies):
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(mode=0o700)
    for name in DATABASES:
        if (folder / name).exists():
            copy(folder / name, copies / name)


def copy(path, target):
    """SQLite's own online copy (sqlite3_backup_init): whole, whatever is written meanwhile."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as source:
        with closing(sqlite3.connect(target)) as made:
            source.backup(made)
            (answer,) = made.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        sys.exit(f"{path} is damaged: {answer}")
    os.chmod(target, 0o600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
