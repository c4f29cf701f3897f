"""Makes a channel of conda packages: `python3 make_channel.py VENV CHANNEL`.

Every package of a venv becomes a conda package of its own, with its files, versions and what it needs (those with compiled
files for this machine, the others for all), `python` one that wraps the system's interpreter in conda's layout; and some
small packages of its own that tests install, break and take out. Standard library only: it runs on the machine tested.
"""

import base64
import csv
import hashlib
import io
import json
import os
import platform
import re
import sys
import tarfile
import zipfile
from email.parser import HeaderParser

SUBDIR = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}[platform.machine()]
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
PLACEHOLDER = "/placeholder-of-the-prefix" + "-long" * 30


def main():
    venv, channel = sys.argv[1:3]
    site = os.path.join(venv, "lib", f"python{MINOR}", "site-packages")
    packages = [python_package()]
    found = {read_metadata(site, folder)["Name"]: folder for folder in os.listdir(site) if folder.endswith(".dist-info")}
    names = {normal(name) for name in found}
    for folder in found.values():
        packages.append(wheel_package(venv, site, folder, names))
    write_channel(channel, packages + own_packages())


def write_channel(channel, packages):
    """Writes package files and repodata.json for both subdirs."""
    listings = {SUBDIR: {}, "noarch": {}}
    for index, files in packages:
        content = archive(index, files)
        name = f"{index['name']}-{index['version']}-{index['build']}.conda"
        place = os.path.join(channel, index["subdir"])
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, name), "wb") as file:
            file.write(content)
        hashes = {"sha256": hashlib.sha256(content).hexdigest(), "md5": hashlib.md5(content).hexdigest(), "size": len(content)}
        listings[index["subdir"]][name] = {**index, **hashes}
    for subdir, listed in listings.items():
        os.makedirs(os.path.join(channel, subdir), exist_ok=True)
        with open(os.path.join(channel, subdir, "repodata.json"), "w") as file:
            json.dump({"info": {"subdir": subdir}, "packages": {}, "packages.conda": listed, "repodata_version": 1}, file)


def archive(index, files):
    """A package in conda's newer format: `files` by path are bytes, a link's target, or (bytes, mode)."""
    paths, members = [], []
    for path, value in sorted(files.items()):
        content, mode = value if isinstance(value, tuple) else (value, 0o644)
        member = tarfile.TarInfo(path)
        if isinstance(content, str):
            member.type, member.linkname = tarfile.SYMTYPE, content
            paths.append({"_path": path, "path_type": "softlink"})
            members.append((member, b""))
            continue
        member.mode = mode
        entry = {"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(content).hexdigest(), "size_in_bytes": len(content)}
        if PLACEHOLDER.encode() in content:
            entry |= {"prefix_placeholder": PLACEHOLDER, "file_mode": "text"}
        paths.append(entry)
        members.append((member, content))
    info = {"index.json": index, "paths.json": {"paths": paths, "paths_version": 1}}
    if index.get("noarch") == "python":
        info["link.json"] = {"noarch": {"type": "python"}, "package_metadata_version": 1}
    about = [(tarfile.TarInfo(f"info/{name}"), json.dumps(data).encode()) for name, data in info.items()]
    name = f"{index['name']}-{index['version']}-{index['build']}"
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as file:
        file.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        file.writestr(f"pkg-{name}.tar.zst", zstandard(tar_of(members)))
        file.writestr(f"info-{name}.tar.zst", zstandard(tar_of(about)))
    return raw.getvalue()


def tar_of(members):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def zstandard(content):
    """A frame of raw blocks (RFC 8878): no compression, so no library is needed and no time spent."""
    parts, most = [b"\x28\xb5\x2f\xfd\x00\x38"], 128 * 1024
    for at in range(0, max(len(content), 1), most):
        block = content[at : at + most]
        last = at + most >= len(content)
        parts += [(len(block) << 3 | last).to_bytes(3, "little"), block]
    return b"".join(parts)


def python_package():
    """The system's interpreter as a package: pyvenv.cfg makes the environment its prefix, as a venv does."""
    version = platform.python_version()
    files = {
        "bin/python": "/usr/bin/python3",
        "bin/python3": "python",
        f"bin/python{MINOR}": "python",
        "pyvenv.cfg": f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n".encode(),
        f"lib/python{MINOR}/site-packages/README.txt": b"Packages go here.\n",
    }
    return index_of("python", version, "0_system", SUBDIR), files


def wheel_package(venv, site, folder, names):
    """An installed package as conda has it: noarch where nothing in it is compiled."""
    metadata = read_metadata(site, folder)
    files, compiled = {}, False
    with open(os.path.join(site, folder, "RECORD"), newline="") as file:
        for path, *_ in csv.reader(file):
            place = os.path.normpath(os.path.join(site, path))
            relative = os.path.relpath(place, venv)
            if relative.startswith("..") or not os.path.isfile(place) or place.endswith(".pyc"):
                continue
            compiled = compiled or bool(re.search(r"\.so(\.\d+)*$", relative))
            files[relative] = read_file(place, venv)
    library = f"lib/python{MINOR}/"
    needs = [f"python {MINOR}.*" if compiled else "python >=3.8", *needed(metadata, names)]
    files[f"{library}site-packages/{folder}/INSTALLER"] = b"conda\n"
    name = normal(metadata["Name"])
    # A channel has other names than PyPI now and then; that one is in the product's table.
    name = {"jupyterhub": "jupyterhub-base"}.get(name, name)
    if compiled:
        return index_of(name, metadata["Version"], f"py{MINOR.replace('.', '')}_0", SUBDIR, needs), files
    files = {path.removeprefix(library) if path.startswith(library) else f"python-scripts/{path[4:]}" if path.startswith("bin/") else path: content for path, content in files.items()}
    return index_of(name, metadata["Version"], "pyh_0", "noarch", needs, noarch="python"), files


def read_file(place, venv):
    with open(place, "rb") as file:
        content = file.read()
    mode = 0o755 if os.access(place, os.X_OK) and not os.path.islink(place) else 0o644
    first = content[:200].split(b"\n")[0]
    if first.startswith(b"#!") and os.fsencode(venv) in first or first.startswith(b"#!/bin/sh"):
        content = content.replace(os.fsencode(os.path.realpath(venv)), PLACEHOLDER.encode()).replace(os.fsencode(venv), PLACEHOLDER.encode())
    return content, mode


def needed(metadata, names):
    """Requires-Dist in conda's words, of those packages that the venv holds."""
    for text in metadata.get_all("Requires-Dist") or []:
        requirement, _, marker = text.partition(";")
        match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?([^)]*)\)?", requirement)
        if "extra" in marker or normal(match[1]) not in names:
            continue
        versions = ",".join(part.strip().replace(" ", "") for part in match[2].split(",") if part.strip())
        name = {"jupyterhub": "jupyterhub-base"}.get(normal(match[1]), normal(match[1]))
        yield f"{name} {versions}".strip()


def own_packages():
    """`homeroom_sundial` in two versions, `homeroom_gnomon` that needs the older one, `homeroom-almanac` that is no Python."""
    return [
        python_module("homeroom_sundial", "1.0"),
        python_module("homeroom_sundial", "2.0"),
        python_module("homeroom_gnomon", "1.5", ["homeroom_sundial <2"]),
        (
            index_of("homeroom-almanac", "4.2", "0", "noarch", noarch="generic"),
            {
                "bin/almanac": (f"#!/bin/sh\necho almanac of {PLACEHOLDER}\n".encode(), 0o755),
                "etc/conda/activate.d/almanac.sh": b'export ALMANAC_HOME="$CONDA_PREFIX/share/almanac"\n',
                "share/almanac/days": b"365\n",
            },
        ),
    ]


def python_module(name, version, needs=()):
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    module = f"version = {version!r}\n".encode()
    dist = f"{name}-{version}.dist-info"
    rows = [*(f"{path},{record_hash(content)},{len(content)}" for path, content in ((f"{name}.py", module), (f"{dist}/METADATA", metadata))), f"{dist}/RECORD,,"]
    files = {f"{name}.py": module, f"{dist}/METADATA": metadata, f"{dist}/RECORD": "\n".join(rows).encode(), f"{dist}/INSTALLER": b"conda\n"}
    index = index_of(name, version, "pyh_0", "noarch", ["python >=3.8", *needs], noarch="python")
    return index, {f"site-packages/{path}": content for path, content in files.items()}


def record_hash(content):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def index_of(name, version, build, subdir, depends=(), noarch=None):
    index = {"name": name, "version": version, "build": build, "build_number": 0, "subdir": subdir, "depends": list(depends), "license": "none stated"}
    return {**index, **({"noarch": noarch} if noarch else {})}


def read_metadata(site, folder):
    with open(os.path.join(site, folder, "METADATA"), encoding="utf-8") as file:
        return HeaderParser().parse(file)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
