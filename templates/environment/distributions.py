"""What is installed in an environment, read from the files of each package: no code of the environment runs."""

import csv
import json
import os
import re

# What a name and a version may hold (PEP 508, PEP 440): the answer goes to programs that trust its form.
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]{0,200}")
LARGEST_RECORD = 50_000_000


class Package:
    """One .dist-info, `folder`: `name` as PEP 503 has it, `version`, `direct` (its address where no index gave it), `record`.

    `needs` are the packages it asks for: name, extras of it, and the own extra that it is for (or None).
    """

    def __init__(self, folder, name, version, direct, record, needs):
        self.folder = folder
        self.name, self.version, self.direct, self.record, self.needs = name, version, direct, record, needs

    def as_data(self):
        direct = {} if self.direct is None else {"direct": self.direct}
        return {"name": self.name, "version": self.version, **direct, "needs": self.needs}


def installed(root, site):
    """Every package below `site` (site-packages, a path relative to the environment's root), sorted by name."""
    try:
        names = sorted(os.listdir(os.path.join(root, site)))
    except OSError:
        return []
    found = {}
    for name in names:
        if name.endswith(".dist-info"):
            package = package_at(root, site, name)
            if package:
                found[package.name] = package
    return [found[name] for name in sorted(found)]


def package_at(root, site, folder):
    """What one .dist-info says; None where it is damaged, as after a half-done deletion."""
    path = os.path.join(root, site, folder)
    headers, needs = {}, []
    for line in (read(path, "METADATA", 1_000_000) or "").split("\n"):
        if not line.rstrip("\r"):
            break  # the description follows
        key, _, value = line.partition(":")
        headers.setdefault(key, value.strip())
        if key == "Requires-Dist":
            needs += needed(value)
    name, version = headers.get("Name", ""), headers.get("Version", "")
    if not NAME.fullmatch(name) or not VERSION.fullmatch(version):
        return None
    direct = read(path, "direct_url.json", 100_000)
    return Package(
        folder,
        normal(name),
        version,
        None if direct is None else address(direct),
        dict(recorded(site, read(path, "RECORD", LARGEST_RECORD) or "")),
        needs,
    )


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(text):
    """One Requires-Dist (PEP 508) as [name, extras, own extra]; markers of platforms are left to the installer."""
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?", text)
    if match:
        extra = re.search(r"""extra\s*==\s*['"]([^'"]+)['"]""", text)
        extras = [normal(part.strip()) for part in (match[2] or "").split(",") if part.strip()]
        yield [normal(match[1]), extras, normal(extra[1]) if extra else None]


def address(text):
    """The address that pip and uv note where a package did not come from an index (PEP 610)."""
    try:
        return str(json.loads(text)["url"])[:2000]
    except (ValueError, KeyError, TypeError):
        return ""


def recorded(site, text):
    """The files of a package, relative to the root, with the hash that RECORD notes ("" where it notes none)."""
    try:
        for row in csv.reader(text.splitlines()):
            if len(row) >= 2:
                path = os.path.normpath(os.path.join(site, row[0]))
                if not path.startswith(("/", "../")):
                    yield path, row[1].removeprefix("sha256=") if row[1].startswith("sha256=") else ""
    except csv.Error:
        return


def read(folder, name, limit):
    """A file's text; None where there is none. Neither a link nor a pipe is followed: whoever may write there must not choose what is read."""
    try:
        with open(os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return None
