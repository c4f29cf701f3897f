"""One package of a channel as a line of a lock: JSON with address, hash and what it needs; pip's own lines follow these."""

import json

FIELDS = ("name", "version", "build", "build_number", "subdir", "noarch", "depends", "constrains", "url", "channel", "sha256", "md5", "size", "python_site_packages_path", "requested_specs")


def line_of(record, specs=()):
    """The line for one record of py-rattler's; `specs` are what somebody asked for it by."""
    data = {
        "name": record.name.normalized,
        "version": str(record.version),
        "build": str(record.build),
        "build_number": record.build_number,
        "subdir": str(record.subdir),
        "noarch": "python" if record.noarch.python else "generic" if record.noarch.generic else None,
        "depends": list(record.depends),
        "constrains": list(record.constrains),
        "url": record.url,
        "channel": record.channel,
        "sha256": record.sha256.hex() if record.sha256 else None,
        "md5": record.md5.hex() if record.md5 else None,
        "size": record.size,
        "python_site_packages_path": record.python_site_packages_path,
        "requested_specs": list(specs),
    }
    return to_line(data)


def to_line(data):
    return json.dumps({key: data[key] for key in FIELDS if data.get(key) not in (None, [])}, sort_keys=True)


def read_lines(text):
    """The records of a lock, as data; other lines are pip's."""
    return [json.loads(line) for line in text.split("\n") if line.startswith("{")]


def record_of(data):
    """py-rattler's record for one line."""
    from rattler import PackageRecord, RepoDataRecord
    from rattler.package.build_string import BuildString

    package = PackageRecord(
        name=data["name"],
        version=data["version"],
        build=BuildString(data["build"]),
        build_number=data.get("build_number", 0),
        subdir=data["subdir"],
        noarch=data.get("noarch"),
        depends=data.get("depends", []),
        constrains=data.get("constrains", []),
        sha256=bytes.fromhex(data["sha256"]),
        md5=bytes.fromhex(data["md5"]) if "md5" in data else None,
        size=data.get("size"),
        python_site_packages_path=data.get("python_site_packages_path"),
    )
    url = data["url"]
    return RepoDataRecord(package, url.rpartition("/")[2], url, data.get("channel", ""))
