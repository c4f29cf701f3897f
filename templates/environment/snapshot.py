"""Takes a snapshot of the shared environment where it has changed: `python3 -I -S snapshot.py STORE ENVIRONMENT LOCKS UV`.

Runs as homeroom-snapshots, which may write nothing but its store, with the system's Python: no code of the environment
runs. What an index can give again is kept as a lock with hashes, everything else as a copy. Prints the snapshot's id.
"""

import os
import pwd
import sys
from glob import glob

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from channel_packages import channel_packages  # noqa: E402
from locks import ask_index, read_lock, write_lock  # noqa: E402
from distributions import installed, normal  # noqa: E402
from store import Store  # noqa: E402
from tree import LARGEST_COPY, MADE_ANEW, entries, site_of  # noqa: E402


def main():
    folder, environment, locks, uv = sys.argv[1:5]
    who, what = os.environ.get("HOMEROOM_WHO"), os.environ.get("HOMEROOM_WHAT")
    print(take(Store(folder), environment, locks, uv, who=who, what=what)["id"])


def take(store, environment, locks, uv, who=None, what=None):
    """The new snapshot, or the last one where nothing has changed since."""
    root = os.path.realpath(environment)
    with store.locked():
        last = store.latest()
        index = store.index()
        files = index["files"] if index["environment"] == root else {}
        found = entries(root, files)
        snapshot = describe(root, found, known_hashes(locks, last), lambda wanted: ask(wanted, store, uv))
        store.write_index({"environment": root, "files": files})
        if last and all(last[key] == snapshot[key] for key in ("packages", "lock", "copies", "omitted")) and last["environment"] == root:
            return last
        snapshot["copies"], left_out = keep_copies(store, root, snapshot["copies"])
        snapshot["omitted"] += left_out
        changed = changed_owners(last, snapshot, found)
        return store.add({"environment": root, "who": [who] if who else changed, "what": what, **snapshot})


def describe(root, found, hashes, ask):
    """What the environment holds: packages, the lock of those that an index gives, and what has to be copied."""
    site = site_of(root)
    every, packages = channel_packages(root), installed(root, site) if site else []
    by_conda, packages = told_apart(every, packages, site)
    from_index = {(p.name, p.version) for p in packages if p.direct is None}
    unknown = from_index - hashes.keys()
    known = {**hashes, **(ask(unknown) if unknown else {})}
    locked = {key: known[key] for key in from_index if key in known}
    whole, recorded = set(), set()
    again = [p for p in packages if (p.name, p.version) in locked] + [p for p in every if p.again]
    for package in again:
        # What RECORD notes no hash for is made by the installer.
        whole.update(path for path, hash in package.record.items() if not hash or (path in found and found[path].hash == hash))
    if every:
        whole.update(path for path in found if path.startswith("conda-meta/") and path != "conda-meta/pinned")
    loose = [entry for path, entry in sorted(found.items()) if path not in whole]
    copied = [entry for entry in loose if entry.target is not None or (entry.hash and entry.size <= LARGEST_COPY)]
    whole_set = {id(package) for package in again}
    listed = sorted([*packages, *by_conda], key=lambda package: package.name)
    damaged = sorted(p.name for p in listed if any(hash and path not in found and not MADE_ANEW.fullmatch(path) for path, hash in p.record.items()))
    return {
        "python": site.split("/")[1].removeprefix("python") if site else None,
        "packages": [{**p.as_data(), **({} if id(p) in whole_set else {"copied": True})} for p in listed],
        "lock": "".join(f"{package.lock_line()}\n" for package in every if package.again) + write_lock(locked),
        "copies": [[entry.path, entry.hash, entry.size if entry.hash else 0, entry.mode, entry.target] for entry in copied],
        "omitted": sorted(entry.path for entry in loose if entry not in copied),
        "damaged": damaged,
    }


def told_apart(every, distributions, site):
    """Packages of conda's, which say what of the index's they hold, and those that pip has put beside or over them."""
    owners = {path: package for package in every for path in package.record}
    others, replaced = [], set()
    for distribution in distributions:
        owner = owners.get(f"{site}/{distribution.folder}/METADATA")
        if owner is None:
            others.append(distribution)
        else:
            owner.provides.append(distribution.name)
    by_pip = {distribution.name for distribution in others}
    for package in every:
        # pip takes conda's files away when it puts another version in their place.
        held = [path for path in package.record if path.endswith(".dist-info/METADATA")]
        if held and not package.provides and all(project_of(path) in by_pip for path in held):
            replaced.add(package.name)
    return [package for package in every if package.name not in replaced], others


def project_of(path):
    return normal(path.split("/")[-2].removesuffix(".dist-info").rpartition("-")[0])


def known_hashes(locks, last):
    """Hashes in the locks that environments were built from, and in the last snapshot."""
    texts = [last["lock"]] if last else []
    for path in glob(f"{locks}/*.txt"):
        with open(path) as file:
            texts.append(file.read())
    known = {}
    for text in texts:
        known.update(read_lock(text))
    return known


def ask(wanted, store, uv):
    settings = {"UV_CACHE_DIR": os.path.join(store.folder, "cache"), "UV_NO_CONFIG": "1", "UV_SYSTEM_CERTS": "1", "HOME": store.folder}
    return ask_index(wanted, uv, settings)


def keep_copies(store, root, copies):
    """The copies that the store has room for, and the paths of the others."""
    kept, left_out = [], []
    for copy in copies:
        path, hash, size = copy[:3]
        try:
            fits = hash is None or store.keep(os.path.join(root, path), hash, size)
        except OSError:
            fits = False
        (kept.append(copy) if fits else left_out.append(path))
    return kept, left_out


def changed_owners(last, snapshot, found):
    """Who owns what is new: files of packages that came or changed, and new copies."""
    before = {(p["name"], p["version"]) for p in last["packages"]} if last else set()
    copies = {tuple(copy[:2]) for copy in last["copies"]} if last else set()
    fresh = {p["name"].replace("-", "_") for p in snapshot["packages"] if (p["name"], p["version"]) not in before}
    owners = {found[path].owner for path in fresh_records(last, snapshot, found)}
    for path, entry in found.items():
        dist = path.split("/")[-2] if path.endswith(".dist-info/METADATA") else ""
        if dist.split("-")[0].lower().replace(".", "_") in fresh:
            owners.add(entry.owner)
    owners.update(found[copy[0]].owner for copy in snapshot["copies"] if tuple(copy[:2]) not in copies and copy[0] in found)
    return sorted(name_of(owner) for owner in owners)


def fresh_records(last, snapshot, found):
    """Files of conda-meta whose package is new or another one than before."""
    before = {(p["name"], p["version"]) for p in last["packages"]} if last else set()
    fresh = [f"conda-meta/{p['name']}-{p['version']}-" for p in snapshot["packages"] if "channel" in p and (p["name"], p["version"]) not in before]
    return [path for path in found if path.startswith("conda-meta/") and any(path.startswith(start) for start in fresh)]


def name_of(uid):
    try:
        return pwd.getpwuid(uid).pw_name.removeprefix("jupyter-")
    except KeyError:
        return str(uid)


if __name__ == "__main__":
    main()
