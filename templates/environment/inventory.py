"""Prints as JSON what is installed in an environment: `python3 -I -S inventory.py FOLDER`.

Read with the system's Python from the files of each package alone: no code of the environment runs.
"""

import json
import os
import re
import sys
from glob import glob, escape

# What a name and a version may hold (PEP 508, PEP 440): the answer goes to programs that trust its form.
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]{0,200}")


def main():
    json.dump(installed(sys.argv[1]), sys.stdout)


def installed(folder):
    """Each package once, sorted: name as PEP 503 has it, version, and where it came from if not from an index."""
    found = {}
    for path in glob(f"{escape(folder)}/lib/python3.*/site-packages/*.dist-info"):
        package = package_at(path)
        if package:
            found[package["name"]] = package
    return [found[name] for name in sorted(found)]


def package_at(path):
    """What one .dist-info says; None where it is damaged, as after a half-done deletion."""
    headers = {}
    for line in (read(path, "METADATA") or "").split("\n"):
        key, colon, value = line.partition(":")
        if not colon:
            break
        headers.setdefault(key, value.strip())
    name, version = headers.get("Name", ""), headers.get("Version", "")
    if not NAME.fullmatch(name) or not VERSION.fullmatch(version):
        return None
    package = {"name": re.sub(r"[-_.]+", "-", name).lower(), "version": version}
    direct = read(path, "direct_url.json")
    if direct is not None:
        package["direct"] = address(direct)
    return package


def address(text):
    """The address that pip and uv note where a package did not come from an index (PEP 610)."""
    try:
        return str(json.loads(text)["url"])[:2000]
    except (ValueError, KeyError, TypeError):
        return ""


def read(folder, name):
    try:
        # Neither a link nor a pipe is followed: whoever may write here must not choose what is read.
        with open(os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8", errors="replace") as file:
            return file.read(1_000_000)
    except OSError:
        return None


if __name__ == "__main__":
    main()
