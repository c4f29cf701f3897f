"""Lays the copies of a snapshot into a new environment: `python3 -I -S lay_copies.py STORE SNAPSHOT ENVIRONMENT`.

Runs as the environment's owner, after the packages of the lock are in. Prints what belongs to another Python version.
"""

import os
import re
import shutil
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from store import Store  # noqa: E402
from tree import site_of  # noqa: E402


def main():
    folder, id, environment = sys.argv[1:4]
    store = Store(folder)
    for path in lay(store, store.read(id), environment):
        print(path)


def lay(store, snapshot, environment):
    """Writes every copy; the paths of those that only another Python can load."""
    site = site_of(environment)
    library = site.rpartition("/")[0] if site else None
    lost = []
    for path, hash, _, mode, target in snapshot["copies"]:
        if snapshot["python"] and library:
            path = re.sub(rf"^lib/python{re.escape(snapshot['python'])}/", f"{library}/", path)
        if is_for_another(path, library):
            lost.append(path)
            continue
        place = os.path.join(environment, path)
        if os.path.normpath(place) != place or not place.startswith(f"{environment}/"):
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.path.lexists(place):
            os.unlink(place)
        if target is not None:
            os.symlink(target.replace(snapshot["environment"], environment), place)
            continue
        shutil.copyfile(store.object_path(hash), place)
        os.chmod(place, (mode & 0o777) | 0o644)
        if path.startswith("bin/"):
            turn_to(place, snapshot["environment"], environment)
    return lost


def is_for_another(path, library):
    """A compiled module says in its name for which Python it is."""
    tag = re.search(r"\.cpython-3(\d+)[^/]*\.so$", path)
    return bool(tag and library) and library != f"lib/python3.{tag[1]}"


def turn_to(script, before, after):
    """A script in bin/ names the interpreter of the environment it was made in."""
    with open(script, "rb") as file:
        content = file.read()
    first, newline, rest = content.partition(b"\n")
    if first.startswith(b"#!") and before.encode() in first:
        with open(script, "wb") as file:
            file.write(first.replace(before.encode(), after.encode()) + newline + rest)


if __name__ == "__main__":
    main()
