"""Writes a bundle: `python3 -I -S bundle.py STORE SNAPSHOT WHEELS >FILE`. As homeroom-env, which got the wheels.

A tar archive: manifest.json first, then the wheels of the snapshot's lock and the contents that no index gives.
"""

import hashlib
import io
import json
import os
import platform
import sys
import tarfile

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from store import Store  # noqa: E402


def main():
    folder, id, wheels = sys.argv[1:4]
    write(Store(folder), id, wheels, sys.stdout.buffer)


def write(store, id, wheels, out):
    """The archive as a stream of bytes."""
    snapshot = store.read(id)
    members = [(f"wheels/{name}", os.path.join(wheels, name)) for name in sorted(os.listdir(wheels))]
    hashes = sorted({copy[1] for copy in snapshot["copies"] if copy[1]})
    members += [(f"objects/{hash}", store.object_path(hash)) for hash in hashes]
    files = {name: describe(path) for name, path in members}
    manifest = {"version": 1, "architecture": platform.machine(), "host": platform.node(), "snapshot": snapshot, "files": files}
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        text = json.dumps(manifest).encode()
        archive.addfile(header("manifest.json", len(text)), io.BytesIO(text))
        for name, path in members:
            with open(path, "rb") as file:
                archive.addfile(header(name, files[name]["size"]), file)


def header(name, size):
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info


def describe(path):
    with open(path, "rb") as file:
        return {"size": os.fstat(file.fileno()).st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


if __name__ == "__main__":
    main()
