"""What fetches for bootstrap.sh and `homeroom upgrade`: npm packages, checked by hash, put where they belong.

`python3 -I packages.py MODE ARGUMENTS` answers on standard output. Where it fails that is two lines, the reason and
the remedy. bootstrap.sh is one file: `npm run release` writes registry.py and this one into it, and both as one
file into the release.
"""

import base64
import fcntl
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import sys
import tarfile
import tempfile
import threading
import time
import traceback
import zlib

from registry import Failure, Registry, log, say


class Busy(Failure):
    """Another run is at it."""

    exit_code = 75


class Interrupted(BaseException):
    """A signal came."""


def main(mode, *arguments):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    modes = {
        "locked": locked,
        "reach": reach,
        "resolve": resolve,
        "published": published,
        "fetch": fetch,
        "unpack": unpack,
    }
    try:
        modes[mode](*arguments)
    except Failure as failure:
        log(traceback.format_exc())
        print(*failure.args, sep="\n")
        sys.exit(failure.exit_code)
    except Interrupted:
        sys.exit(130)
    except Exception as error:
        log(traceback.format_exc())
        print(f"{type(error).__name__}: {error}", "Read the full log, if there is one.", sep="\n")
        sys.exit(1)


def interrupt(*_):
    raise Interrupted


# --- modes ---


def locked(path, name):
    """Prints the version and hash of a package in a package-lock.json."""
    with open(path, encoding="utf-8") as file:
        package = json.load(file)["packages"]["node_modules/" + name]
    print(package["version"], package["integrity"])


def reach(*wanted):
    """Fails where the registry doesn't answer or lacks one of the packages: name version, and again."""
    registry = Registry(attempts=1, timeout=15)
    for name, version in in_groups(wanted, 2):
        registry.tarball(name, version).close()


def resolve(version, node_package):
    """Prints version and hash of a release as the registry tells them, and those of the Node that it runs on."""
    release = Registry().describe("homeroom", version)
    node = release["homeroom"]["node"]
    print(release["version"], release["dist"]["integrity"], node["version"], node["integrity"][node_package])


def published(name):
    """Prints as JSON what the registry says of all versions of a package, and the keys that it signs with."""
    registry = Registry()
    print(json.dumps({"registry": registry.host, "package": registry.describe(name), "keys": registry.keys()}))


def fetch(local, how, *packages):
    """Puts packages where they belong, all or none: name version integrity target files, and again.

    `files` are the only ones wanted, or empty for all. A package that lies in the directory `local` is not
    downloaded; `how` is empty, "offline" (never download) or "keep" (leave what was downloaded in `local`).
    """
    packages = [Package(*group) for group in in_groups(packages, 5)]
    registry = None if how == "offline" else Registry()
    with Staging([package.target for package in packages]) as staging:
        failures = []

        def work(package, directory):
            try:
                stage(package, directory, local, registry, how == "keep")
            except BaseException as error:
                failures.append(error)

        pairs = list(zip(packages, staging.directories))
        threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in pairs]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException:
            stopping.set()
            for thread in threads:
                thread.join(2)
            raise
        if failures:
            raise failures[0]
        for package, directory in pairs:
            with open(os.path.join(directory, ".integrity"), "w", encoding="utf-8") as mark:
                mark.write(package.integrity + "\n")
        staging.put()


def unpack(file, target, *expected):
    """Unpacks an offline file, which has to hold the files `expected`."""
    with Staging([target]) as staging:
        try:
            with tarfile.open(file, "r:") as archive:
                missing = sorted(set(expected) - set(archive.getnames()))
                if missing:
                    raise Failure(f"{file} doesn’t hold {missing[0]}.", f"Use its own script: tar -xf {file} bootstrap.sh")
                for member in archive:
                    # Plain files in one or two levels; anything else does not come from `npm run release`.
                    if not member.isfile() or not re.fullmatch(r"(\w+/)?\w[\w.+!-]*", member.name):
                        raise Failure(f"{file} holds {member.name!r}, which doesn’t belong there.", "Get the file again.")
                    write_member(archive, member, os.path.join(staging.directories[0], member.name))
        except tarfile.TarError as error:
            raise Failure(f"{file} is damaged: {error}.", "Get the file again.") from error
        staging.put()


def in_groups(words, size):
    return zip(*[iter(words)] * size, strict=True)


# --- a package: read, hashed and unpacked in one go ---

stopping = threading.Event()


class Package:
    def __init__(self, name, version, integrity, target, files=""):
        self.name, self.version, self.integrity, self.target = name, version, integrity, target
        self.files = files.split()
        self.archive = f"{name}-{version}.tgz"

    def __str__(self):
        return f"{self.name} {self.version}"


def stage(package, directory, local, registry, keep):
    """Unpacks a package into a directory, from the archive in `local` or the registry, which is asked three times."""
    path = os.path.join(local, package.archive)
    started = time.monotonic()
    if local and os.path.isfile(path):
        with open(path, "rb") as source:
            size = unpack_package(package, source, path, directory)
    elif registry is None:
        raise Failure(f"{path} is missing.", "Unpack the offline file again, all of it.")
    else:
        size = download_package(package, registry, path if keep else os.devnull, directory)
        local = ""
    say(f"  {package}, {size / 1e6:.1f} MB in {time.monotonic() - started:.1f} s" + (f", from {local}" if local else ""))


def download_package(package, registry, copy, directory):
    for attempt in (1, 2, 3):
        try:
            with registry.tarball(package.name, package.version) as source, open(copy, "wb") as copied:
                return unpack_package(package, source, source.url, directory, copied)
        except (OSError, EOFError, http.client.HTTPException) as error:
            log(f"{package}, attempt {attempt}: {error}")
            if attempt == 3:
                raise registry.explain(error, package) from error


def unpack_package(package, source, where, directory, copy=None):
    """Unpacks what is read and then compares the hash of all of it; whoever called takes the directory away."""
    reader, broken = HashingReader(source, copy), None
    try:
        with tarfile.open(fileobj=reader, mode="r|gz") as archive:
            for member in archive:
                # npm puts everything below one folder.
                name = member.name.partition("/")[2]
                is_safe = name and not name.startswith("/") and ".." not in name.split("/")
                if member.isfile() and is_safe and (not package.files or name in package.files):
                    write_member(archive, member, os.path.join(directory, name))
    except (tarfile.TarError, zlib.error, EOFError) as error:
        broken = error
    while reader.read(1 << 20):
        pass
    length = getattr(source, "headers", {}).get("Content-Length")
    if length and int(length) != reader.size:
        raise EOFError(f"the connection ended after {reader.size} of {length} bytes")
    found = "sha512-" + base64.b64encode(reader.hash.digest()).decode()
    if found != package.integrity:
        raise Failure(
            f"{package} from {where} isn’t what was released: its hash is {found[:22]}…, not {package.integrity[:22]}…",
            "A mirror or proxy may have changed it. Name another registry: HOMEROOM_REGISTRY=https://registry.npmjs.org",
        )
    if broken:
        raise broken
    return reader.size


class HashingReader:
    """Hashes, counts and copies what is read through it."""

    def __init__(self, source, copy=None):
        self.source, self.copy, self.hash, self.size = source, copy, hashlib.sha512(), 0

    def read(self, size):
        if stopping.is_set():
            raise Interrupted
        data = self.source.read(size)
        self.hash.update(data)
        self.size += len(data)
        if self.copy:
            self.copy.write(data)
        return data


# --- directories that appear whole or not at all ---


class Staging:
    """New directories beside their targets: `put` moves them there, an error takes them and their parents away."""

    def __init__(self, targets):
        self.targets, self.directories, self.made = targets, [], []

    def __enter__(self):
        parents = [os.path.dirname(target) for target in self.targets]
        try:
            for parent in parents:
                self.make(parent)
            self.lock(parents[0])
            for parent in parents:
                remove_leftovers(parent)
            for parent in parents:
                self.directories.append(tempfile.mkdtemp(prefix=".new-", dir=parent))
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            return
        for directory in self.directories:
            shutil.rmtree(directory, ignore_errors=True)
        for directory in reversed(self.made):
            try:
                os.rmdir(directory)
            except OSError:
                pass

    def make(self, path):
        if not os.path.isdir(path):
            self.make(os.path.dirname(path))
            os.mkdir(path)
            self.made.append(path)

    def lock(self, directory):
        """Held until this process ends."""
        try:
            fcntl.flock(os.open(directory, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("Another bootstrap.sh is fetching right now.", "Wait until it has ended.") from error

    def put(self):
        """Everything is on the disk before the new name is: a power cut leaves the old or the new."""
        for directory, target in zip(self.directories, self.targets):
            os.chmod(directory, 0o755)
            sync_tree(directory)
            parent, name = os.path.split(target)
            old = os.path.join(parent, f".old-{name}-{os.getpid()}")
            if os.path.isdir(target):
                os.rename(target, old)
            os.rename(directory, target)
            sync(parent)
            shutil.rmtree(old, ignore_errors=True)


def remove_leftovers(directory):
    """What a run that was killed left behind."""
    for name in os.listdir(directory):
        if name.startswith((".new-", ".old-")):
            shutil.rmtree(os.path.join(directory, name), ignore_errors=True)


def write_member(archive, member, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        shutil.copyfileobj(archive.extractfile(member), file, 1 << 20)
    os.chmod(path, 0o755 if member.mode & 0o111 else 0o644)


def sync_tree(top):
    for directory, _, files in os.walk(top, topdown=False):
        for name in files:
            sync(os.path.join(directory, name))
        sync(directory)


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


if __name__ == "__main__":
    main(*sys.argv[1:])
