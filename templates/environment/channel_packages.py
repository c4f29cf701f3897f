"""What conda has installed in an environment, read from conda-meta: no code of the environment runs."""

import base64
import json
import os
import re
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from distributions import NAME, VERSION, read  # noqa: E402

LARGEST = 50_000_000
HEX = re.compile(r"[0-9a-f]{64}")
ADDRESS = re.compile(r"(?:https?|file)://[^\s\"'<>\\]{1,1000}")
BUILD = re.compile(r"[A-Za-z0-9._+-]{1,200}")
# Of a line in a lock, besides name, version, build, address and hash; templates/conda/records.py has them too.
TEXTS = ("subdir", "noarch", "channel", "md5", "python_site_packages_path")
LISTS = ("depends", "constrains", "requested_specs")


class ChannelPackage:
    """One file of conda-meta: `record` by path is the hash of a file as distributions.py has it ("" where none is noted)."""

    def __init__(self, data, file, record):
        self.name, self.version, self.build, self.channel = data["name"], data["version"], data["build"], data.get("channel", "")
        self.line, self.file, self.record = data, file, record
        self.provides = []

    @property
    def again(self):
        """Whether a channel gives it again: not what somebody installed from a file of their own."""
        url = self.line["url"]
        return url.startswith(("http://", "https://")) or bool(self.channel) and url.startswith(self.channel)

    def needs(self):
        names = [depends.split(" ")[0] for depends in self.line.get("depends", [])]
        return [[name, [], None] for name in names if NAME.fullmatch(name)]

    def as_data(self):
        direct = {} if self.again else {"direct": self.line["url"]}
        return {"name": self.name, "version": self.version, "channel": self.channel, "provides": self.provides, **direct, "needs": self.needs()}

    def lock_line(self):
        return json.dumps(self.line, sort_keys=True)


def channel_packages(root):
    """Every package of conda's, sorted by name; [] where it is none of conda's environments."""
    folder = os.path.join(root, "conda-meta")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = {}
    for name in names:
        package = package_at(folder, name) if name.endswith(".json") else None
        if package:
            found[package.name] = package
    return [found[name] for name in sorted(found)]


def package_at(folder, name):
    """What one file says; None where it is damaged, or holds what no channel would."""
    try:
        said = json.loads(read(folder, name, LARGEST) or "")
        data = {key: said[key] for key in ("name", "version", "build", "url", "sha256")}
        fits = [NAME.fullmatch(data["name"]), VERSION.fullmatch(data["version"]), BUILD.fullmatch(data["build"]), ADDRESS.fullmatch(data["url"]), HEX.fullmatch(data["sha256"])]
        if not all(fits):
            return None
        data |= {key: said[key][:1000] for key in TEXTS if isinstance(said.get(key), str)}
        data |= {key: [text[:1000] for text in said[key] if isinstance(text, str)] for key in LISTS if said.get(key)}
        data |= {key: said[key] for key in ("build_number", "size") if isinstance(said.get(key), int)}
        return ChannelPackage(data, f"conda-meta/{name}", dict(recorded(said)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def recorded(said):
    """Paths with their hashes as they are in the environment; what the installer makes itself has none."""
    listed = (said.get("paths_data") or {}).get("paths") or []
    hashes = {entry["_path"]: entry.get("sha256_in_prefix") or entry.get("sha256") or "" for entry in listed}
    kinds = {entry["_path"]: entry.get("path_type") for entry in listed}
    for path in {*hashes, *(said.get("files") or [])}:
        if isinstance(path, str) and os.path.normpath(path) == path and not path.startswith(("/", "../")):
            digest = hashes.get(path, "")
            whole = kinds.get(path) == "hardlink" and HEX.fullmatch(digest)
            yield path, base64.urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=").decode() if whole else ""
