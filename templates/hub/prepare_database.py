"""The hub's database in the form that this release's JupyterHub reads, before the hub opens it.

JupyterHub's database has a revision (Alembic's), and a hub refuses any but its own. An older one is migrated: in a
copy, while what was there is kept under its revision's name. A newer one is a newer release's, which was taken back:
then what was kept when that one migrated it is in use again. So undo and rollback of an upgrade bring the database
back by starting the older hub, and nothing else has to know.
"""

import os
import re
import sqlite3
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

KEPT = 3  # copies, each under its revision: of the release before, of the one before that, and of one taken back


class Unusable(Exception):
    """A database that this hub can't use; the message says what to do."""


def prepare_database(path, versions=None):
    """Makes the database at `path`, where there is one, of this JupyterHub's revision; says what it did, or nothing."""
    path, versions = Path(path), Path(versions or own_versions())
    if not path.exists():
        return None
    found = revision_of(path)
    parents = parents_in(versions)
    own = head_of(parents)
    if found in (own, None):  # without a revision it is empty, or so old that JupyterHub itself says what to do
        return None
    if found in parents:
        keep(path, found)
        migrate(path, own)
        said = f"migrated from {found} to {own}"
    else:
        put_back(path, own, found)
        said = f"{found} is a newer release's: back to {own}, as it was kept before that"
    forget_old_copies(path, found, own)
    return f"{path.name}: {said}"


# --- revisions ---


def own_versions():
    """The folder of the revisions that the installed JupyterHub knows; found without loading it."""
    return Path(find_spec("jupyterhub").origin).parent / "alembic" / "versions"


def parents_in(versions):
    """Each revision with the one before it, read from the files' text: loading Alembic takes longer than all the rest."""
    parents = {}
    for file in versions.glob("*.py"):
        text = file.read_text()
        named = dict(re.findall(r"^(revision|down_revision)\s*(?::[^=\n]*)?=\s*['\"](\w+)['\"]", text, re.MULTILINE))
        if "revision" in named:
            parents[named["revision"]] = named.get("down_revision")
    return parents


def head_of(parents):
    heads = set(parents) - set(parents.values())
    if len(heads) != 1:
        raise Unusable(f"JupyterHub's revisions have {len(heads)} ends instead of one.")
    return heads.pop()


def revision_of(path):
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=30)) as database:
        try:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return None
    return row and row[0]


# --- changes: a crash in any of them leaves the old or the new database, whole ---


def kept_copy(path, revision):
    return path.with_name(f"{path.name}.{revision}")


def keep(path, revision):
    copy_whole(path, kept_copy(path, revision))


def migrate(path, head):
    from jupyterhub.dbutil import write_alembic_ini

    new = path.with_name(f".{path.name}.new")
    copy(path, new)
    with TemporaryDirectory() as folder:
        write_alembic_ini(f"{folder}/alembic.ini", f"sqlite:///{new}")
        # In a process of its own: the hub that starts afterwards has loaded none of it.
        run([sys.executable, "-I", "-m", "alembic", "-c", f"{folder}/alembic.ini", "upgrade", head], check=True)
    if revision_of(new) != head:
        raise Unusable(f"{path} could not be migrated to {head}.")
    put(new, path)


def put_back(path, own, found):
    kept = kept_copy(path, own)
    if not kept.exists():
        raise Unusable(
            f"{path} is of a newer JupyterHub (revision {found}; this one reads {own}), and no copy of before is kept. "
            "Install that release again, or move the file away: people then start without sessions and tokens."
        )
    keep(path, found)
    copy_whole(kept, path)


def copy_whole(source, target):
    new = target.with_name(f".{target.name}.new")
    copy(source, new)
    put(new, target)


def copy(source, target):
    """By SQLite itself, so that what a killed hub left in its journal is in it."""
    target.unlink(missing_ok=True)
    target.touch(0o600)
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(target)) as copied:
        database.backup(copied)


def put(new, target):
    sync(new)
    for journal in ("-journal", "-wal", "-shm"):  # of the file that goes; they would be taken for the new one's
        target.with_name(target.name + journal).unlink(missing_ok=True)
    os.rename(new, target)
    sync(target.parent)


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget_old_copies(path, *needed):
    copies = [file for file in path.parent.glob(f"{path.name}.*") if not file.name.endswith(("-journal", "-wal", "-shm"))]
    copies.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    for file in copies[KEPT:]:
        if file.name.rpartition(".")[2] not in needed:
            file.unlink()
