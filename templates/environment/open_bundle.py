"""Takes a bundle into the store: `python3 -I -S open_bundle.py STORE ARCHITECTURE PYTHON <FILE`. As homeroom-snapshots.

Whoever made the file may have written anything into it: names, kinds, sizes and hashes are held against its manifest,
which only may say what a snapshot says. Prints the id of the new snapshot; its wheels are in STORE/wheels-ID.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tarfile

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from distributions import NAME, VERSION  # noqa: E402
from locks import read_lock, write_lock  # noqa: E402
from store import SPARE, Store  # noqa: E402
from tree import hash_of  # noqa: E402

MEMBER = re.compile(r"wheels/[A-Za-z0-9][A-Za-z0-9._+!-]{0,250}\.(?:whl|tar\.gz|zip)|objects/[A-Za-z0-9_-]{43}")
LARGEST_MANIFEST = 200_000_000


class NotABundle(Exception):
    """Words for whoever brought the file."""


def main():
    folder, architecture, python = sys.argv[1:4]
    try:
        print(take_in(Store(folder), sys.stdin.buffer, architecture, python))
    except NotABundle as error:
        sys.exit(str(error))
    except (tarfile.TarError, EOFError) as error:
        sys.exit(f"it is no bundle, or was cut short ({error})")
    except OSError as error:
        sys.exit("the disk is full" if error.errno == 28 else f"it cannot be unpacked: {error}")


def take_in(store, stream, architecture, python):
    """Unpacks beside what is there; only what is whole and as its manifest says becomes a snapshot."""
    with store.locked():
        fresh = os.path.join(store.folder, "incoming")
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(os.path.join(fresh, "wheels"))
        os.makedirs(os.path.join(fresh, "objects"))
        try:
            manifest = unpack(stream, fresh, architecture, python)
            snapshot = believed(manifest["snapshot"], manifest["files"])
            for name in os.listdir(os.path.join(fresh, "objects")):
                path = os.path.join(fresh, "objects", name)
                if hash_of(path) != name:
                    raise NotABundle(f"objects/{name} is not what its name says")
                if not store.keep(path, name, os.path.getsize(path)):
                    raise NotABundle("the disk has no room for it")
            id = store.add({**snapshot, "who": [], "what": f"bundle of {word(manifest.get('host'))}"}, latest=False)["id"]
            os.rename(os.path.join(fresh, "wheels"), os.path.join(store.folder, f"wheels-{id}"))
            return id
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def unpack(stream, folder, architecture, python):
    """Every member that the manifest names, once, under that name and with that content; nothing else."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        manifest = read_manifest(archive)
        for key, is_here, words in (("architecture", architecture, "processor"), ("python", python, "Python")):
            made = manifest["snapshot"].get(key) if key == "python" else manifest.get(key)
            if made != is_here:
                raise NotABundle(f"it was made for another {words}: {word(made)}, and here is {is_here}")
        missing = dict(manifest["files"])
        usage = shutil.disk_usage(folder)
        if sum(each["size"] for each in missing.values()) > usage.free - usage.total * SPARE:
            raise NotABundle("the disk has no room for it")
        while member := archive.next():
            wanted = missing.pop(member.name, None)
            if not member.isreg() or wanted is None or member.size != wanted["size"]:
                raise NotABundle(f"{word(member.name)} is not what its manifest says")
            digest = hashlib.sha256()
            source = archive.extractfile(member)
            with open(os.path.join(folder, member.name), "xb") as target:
                while block := source.read(1 << 20):
                    digest.update(block)
                    target.write(block)
            if digest.hexdigest() != wanted["sha256"]:
                raise NotABundle(f"{word(member.name)} is damaged: its hash differs")
    if missing:
        raise NotABundle(f"it was cut short: {word(min(missing))} is missing")
    return manifest


def read_manifest(archive):
    first = archive.next()
    if first is None or first.name != "manifest.json" or not first.isreg() or first.size > LARGEST_MANIFEST:
        raise NotABundle("it is no bundle of an environment")
    try:
        manifest = json.load(archive.extractfile(first))
        files = manifest["files"]
        known = manifest["version"] == 1 and all(
            MEMBER.fullmatch(name) and type(each["size"]) is int and each["size"] >= 0 and isinstance(each["sha256"], str)
            for name, each in files.items()
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known or not isinstance(manifest.get("snapshot"), dict):
        raise NotABundle("it is no bundle of an environment, or of a newer Homeroom")
    return manifest


def believed(snapshot, files):
    """A snapshot with nothing in it but what one may hold, each in its form."""
    try:
        packages = [
            {
                "name": fits(NAME, each["name"]),
                "version": fits(VERSION, each["version"]),
                **({"direct": str(each["direct"])[:2000]} if "direct" in each else {}),
                "needs": [[fits(NAME, name), [fits(NAME, extra) for extra in extras], own and fits(NAME, own)] for name, extras, own in each["needs"]],
                **({"copied": True} if each.get("copied") else {}),
            }
            for each in snapshot["packages"]
        ]
        copies = [
            [inside(path), hash, int(size), int(mode) & 0o777, target if target is None else str(target)]
            for path, hash, size, mode, target in snapshot["copies"]
            if hash is None or f"objects/{hash}" in files
        ]
        return {
            "environment": fits(re.compile(r"/opt/homeroom/environments/[A-Za-z0-9._-]+"), snapshot["environment"]),
            "python": fits(re.compile(r"3\.\d+"), snapshot["python"]),
            "packages": packages,
            "lock": write_lock(read_lock(snapshot["lock"])),
            "copies": copies,
            "omitted": [str(path) for path in snapshot["omitted"]],
            "damaged": [],
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotABundle("its manifest is damaged") from None


def fits(pattern, text):
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def inside(path):
    if not isinstance(path, str) or os.path.normpath(path) != path or path.startswith(("/", "..")) or "\0" in path:
        raise ValueError(path)
    return path


def word(text):
    """For a terminal."""
    return re.sub(r"[^ -~]", "?", str(text))[:200]


if __name__ == "__main__":
    main()
