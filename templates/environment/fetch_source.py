"""Fetches what `environment.from` names: `python3 -I -S fetch_source.py STORE < request.json`.

Runs as homeroom-env, which owns the store and may write nothing else; root only reads what this prints. A folder is
copied, an archive unpacked, a repository cloned, into STORE/<hash of the content>/tree. Prints as JSON which, and the
files that say what to install.
"""

import base64
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from urllib.parse import urlsplit

LARGEST_TREE = 2 * 1024**3
MOST_FILES = 100_000
LARGEST_TEXT = 1024**2
LARGEST_TEXTS = 4 * 1024**2
BINDER = ("binder", ".binder")
TEXTS = ("Pipfile", "Pipfile.lock", "pyproject.toml", "environment.yml", "environment.yaml")


class Refused(Exception):
    """What is wrong with the source, in words."""


def main():
    store = sys.argv[1]
    try:
        print(json.dumps(fetch(store, json.load(sys.stdin))))
    except Refused as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")


def fetch(store, request):
    """Leaves the source in the store; says its revision, its key and what it holds."""
    work = tempfile.mkdtemp(prefix="fetch-", dir=store)
    try:
        tree = os.path.join(work, "tree")
        commit = get(request, tree, work)
        key = hash_of(tree)
        place = os.path.join(store, key)
        if not os.path.isdir(os.path.join(place, "tree")):
            os.makedirs(place, exist_ok=True)
            os.rename(tree, os.path.join(place, "tree"))
        os.utime(place)  # what was fetched lately is not swept
        return {"key": key, "commit": commit, **contents(os.path.join(place, "tree"))}
    finally:
        shutil.rmtree(work, ignore_errors=True)


def get(request, tree, work):
    """Fetches the source into `tree`; the commit, where it has one."""
    kind, address = request["kind"], request["address"]
    if kind == "path":
        if not os.path.lexists(address):
            raise Refused(f"there is no {address}, or it lies in a folder that homeroom-env may not look into")
        if not os.access(address, os.R_OK):
            raise Refused(f"{address} may not be read by homeroom-env")
        if os.path.isfile(address):
            unpack(address, tree)
            return None
        if not os.path.isdir(address):
            raise Refused(f"{address} is neither a folder nor a file")
        if not is_repository(address):
            copy_folder(address, tree)
            return None
    if kind == "archive":
        file = os.path.join(work, "archive")
        download(address, request.get("credentials"), file)
        unpack(file, tree)
        return None
    return clone(address, request.get("ref"), request.get("credentials"), tree, work)


def is_repository(path):
    """A bare one; a folder that somebody works in counts as it lies there."""
    return os.path.isfile(os.path.join(path, "HEAD")) and os.path.isdir(os.path.join(path, "objects"))


class Budget:
    """What a source may hold at most; a small archive can unpack to a full disk."""

    def __init__(self):
        self.files, self.bytes = 0, 0

    def file(self):
        self.files += 1
        if self.files > MOST_FILES:
            raise Refused(f"it holds more than {MOST_FILES} files")

    def write(self, source, path, mode):
        self.file()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            raise Refused(f"it holds {os.path.basename(path)} twice")
        with open(path, "xb") as target:
            while block := source.read(1024**2):
                self.bytes += len(block)
                if self.bytes > LARGEST_TREE:
                    raise Refused(f"it holds more than {LARGEST_TREE // 1024**3} GB")
                target.write(block)
        os.chmod(path, 0o755 if mode & 0o100 else 0o644)


def copy_folder(source, tree):
    """Files, folders and links that stay inside; nothing else, and no link is followed."""
    budget = Budget()
    os.mkdir(tree)
    for folder, folders, files in os.walk(source, onerror=cannot_read):
        inside = os.path.relpath(folder, source)
        for name in [*folders, *files]:
            path, place = os.path.join(folder, name), os.path.normpath(os.path.join(tree, inside, name))
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                budget.file()
                keep_link(os.readlink(path), os.path.normpath(os.path.join(inside, name)), tree)
            elif stat.S_ISDIR(mode):
                os.mkdir(place)
            elif stat.S_ISREG(mode):
                with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                    budget.write(file, place, mode)


def cannot_read(error):
    raise error


def keep_link(target, name, tree):
    """Makes a link that leads to somewhere in the tree; another one is left out."""
    inside = os.path.normpath(os.path.join(os.path.dirname(name), target))
    if os.path.isabs(target) or inside == ".." or inside.startswith("../"):
        return
    place = os.path.join(tree, name)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if not os.path.lexists(place):
        os.symlink(target, place)


def unpack(path, tree):
    """An archive whose names stay inside; where all of it lies in one folder, that folder."""
    unpacked = f"{tree}.unpacked"
    os.mkdir(unpacked)
    try:
        if zipfile.is_zipfile(path):
            unzip(path, unpacked)
        else:
            untar(path, unpacked)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refused(f"the archive cannot be read, it is damaged or none: {error}") from error
    except Exception as error:
        # What the compression modules raise has no common base.
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            raise Refused(f"the archive is damaged: {error}") from error
        raise
    names = os.listdir(unpacked)
    only = os.path.join(unpacked, names[0]) if len(names) == 1 else None
    inner = only and os.path.isdir(only) and not os.path.islink(only) and names[0] not in BINDER
    os.rename(only if inner else unpacked, tree)


def safe_name(name):
    clean = os.path.normpath(name)
    if os.path.isabs(name) or clean == ".." or clean.startswith("../") or "\0" in name or "\\" in name:
        raise Refused(f"the archive holds a name that leads out of it: {name[:200]!r}")
    return clean


def under(root, name):
    """The place of a name, where none of the folders on its way is a link that an earlier entry made."""
    place = root
    for part in name.split("/")[:-1]:
        place = os.path.join(place, part)
        if os.path.islink(place):
            raise Refused(f"the archive holds a name that leads through a link: {name[:200]!r}")
    return os.path.join(root, name)


def untar(path, root):
    budget, links = Budget(), []
    with tarfile.open(path, "r:*") as archive:
        for entry in archive:
            name = safe_name(entry.name)
            if entry.isdir():
                budget.file()
                os.makedirs(under(root, name), exist_ok=True)
            elif entry.issym():
                budget.file()
                links.append((entry.linkname, name))
            elif entry.isreg():
                budget.write(archive.extractfile(entry), under(root, name), entry.mode)
            # Devices, pipes and hard links are nothing that a course needs.
    for target, name in links:
        keep_link(target, name, root)


def unzip(path, root):
    budget, links = Budget(), []
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            name, mode = safe_name(entry.filename), entry.external_attr >> 16
            if entry.is_dir():
                budget.file()
                os.makedirs(under(root, name), exist_ok=True)
            elif stat.S_ISLNK(mode):
                budget.file()
                links.append((archive.read(entry).decode()[:4096], name) if entry.file_size < 4096 else ("/", name))
            else:
                with archive.open(entry) as file:
                    budget.write(file, under(root, name), mode)
    for target, name in links:
        keep_link(target, name, root)


def download(address, credentials, path):
    request = urllib.request.Request(address, headers={"User-Agent": "homeroom"})
    if credentials:
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(credentials.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer, open(path, "xb") as file:
            size = 0
            while block := answer.read(1024**2):
                size += len(block)
                if size > LARGEST_TREE:
                    raise Refused(f"it is larger than {LARGEST_TREE // 1024**3} GB")
                file.write(block)
            expected = answer.headers.get("Content-Length")
            if expected and expected.isdigit() and int(expected) != size:
                raise Refused(f"it arrived incomplete: {size} of {expected} bytes")
    except urllib.error.HTTPError as error:
        raise Refused(f"the server answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise Refused(f"it cannot be reached: {error.reason}") from error


def clone(address, ref, credentials, tree, work):
    """One commit of a repository, with its submodules; runs nothing that it holds."""
    config = os.path.join(work, "gitconfig")
    with open(config, "w") as file:
        # A repository on this machine belongs to somebody else than the account that clones it.
        file.write("[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n[advice]\n\tdetachedHead = false\n")
        if credentials:
            host = urlsplit(address)
            file.write(f'[credential "{host.scheme}://{host.netloc}"]\n\thelper = "!f() {{ echo username=$HOMEROOM_USER; echo password=$HOMEROOM_PASSWORD; }}; f"\n')
    user, _, password = (credentials or "").partition(":")
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": config,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "HOMEROOM_USER": user,
        "HOMEROOM_PASSWORD": password,
    }

    def git(*arguments, folder=tree):
        command = ["git", "-C", folder, *arguments]
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            raise Refused(explain(done.stderr, address, ref))
        return done.stdout.strip()

    os.mkdir(tree)
    git("init", "--quiet", "--template=")
    try:
        git("fetch", "--quiet", "--depth=1", "--no-tags", "--", address, ref or "HEAD")
    except Refused:
        # A commit that is no branch's or tag's newest: not every server gives it out by itself.
        if not (ref and len(ref) >= 7 and all(letter in "0123456789abcdef" for letter in ref)):
            raise
        git("fetch", "--quiet", "--tags", "--", address, "+refs/heads/*:refs/remotes/origin/*")
        git("update-ref", "FETCH_HEAD", git("rev-parse", "--verify", f"{ref}^{{commit}}"))
    commit = git("rev-parse", "--verify", "FETCH_HEAD^{commit}")
    git("checkout", "--quiet", "--force", commit)
    if os.path.isfile(os.path.join(tree, ".gitmodules")):
        git("remote", "add", "origin", address)
        git("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1")
    within(tree)
    return commit


def explain(said, address, ref):
    words = " ".join(line.removeprefix("fatal: ").removeprefix("error: ") for line in said.strip().splitlines()[-4:])
    if "couldn't find remote ref" in said or "unknown revision" in said or "Needed a single revision" in said:
        return f"the repository has no branch, tag or commit {ref or 'HEAD'}"
    if "terminal prompts disabled" in said or "Authentication failed" in said:
        return "the repository is not there, or only for those with a password (write a token into the address)"
    return f"git says: {words[:600]}"


def within(tree):
    """Links that lead out of the repository are taken out of the copy, and its size is looked at."""
    budget = Budget()
    for folder, folders, files in os.walk(tree):
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            budget.file()
            if os.path.islink(path) and not is_inside(tree, path):
                os.unlink(path)


def is_inside(tree, path):
    real, root = os.path.realpath(path), os.path.realpath(tree)
    return real == root or real.startswith(f"{root}/")


def hash_of(tree):
    """Of names, contents, links and what is executable; git's own files say nothing of the content."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(tree):
        if folder == tree:
            folders[:] = [name for name in folders if name != ".git"]
        folders.sort()
        for name in sorted([*folders, *files]):
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            line = [os.path.relpath(path, tree)]
            if stat.S_ISLNK(mode):
                line += ["link", os.readlink(path)]
            elif stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    line += ["run" if mode & 0o100 else "file", hashlib.file_digest(file, "sha256").hexdigest()]
            else:
                line += ["folder"]
            digest.update(json.dumps(line).encode())
    return digest.hexdigest()[:16]


def contents(tree):
    """Names at the top and in binder/, and the texts that say what to install."""
    names, texts, size = [], {}, 0
    for folder in ("", *BINDER):
        place = os.path.join(tree, folder)
        if os.path.islink(place) or not os.path.isdir(place):
            continue
        for name in sorted(os.listdir(place))[:2000]:
            path = os.path.join(place, name)
            if is_inside(tree, path) and os.path.exists(path):
                names.append(os.path.join(folder, name) + ("/" if os.path.isdir(path) else ""))
    for path in candidates(tree):
        full = os.path.join(tree, path)
        if not is_inside(tree, full) or not os.path.isfile(full) or os.path.getsize(full) > LARGEST_TEXT:
            continue
        with open(full, "rb") as file:
            text = file.read(LARGEST_TEXT)
        size += len(text)
        if size > LARGEST_TEXTS:
            break
        texts[path] = text.decode(errors="replace")
    return {"names": names, "texts": texts}


def candidates(tree):
    """Files that count by their name, then others that these may name, nearest first."""
    first, later = [], []
    for folder, folders, files in os.walk(tree):
        inside = os.path.relpath(folder, tree)
        depth = 0 if inside == "." else inside.count("/") + 1
        folders[:] = sorted(name for name in folders if name != ".git" and depth < 3)
        for name in sorted(files):
            path = os.path.normpath(os.path.join(inside, name))
            counts = name in TEXTS or name in ("requirements.txt", "apt.txt", "runtime.txt")
            if counts and inside in (".", *BINDER):
                first.append(path)
            elif counts or name.endswith((".txt", ".in", ".pip")):
                later.append(path)
    return [*first, *later[:200]]


if __name__ == "__main__":
    main()
