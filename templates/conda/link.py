"""Fills an environment with the packages of a lock: `python3 -I -S link.py LIBRARY LOCK PREFIX CHANNELS`.

CHANNELS is JSON. What the cache has is not fetched again; every file that is fetched must have the lock's hash.
"""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import engine  # noqa: E402
from records import read_lines, record_of  # noqa: E402


def main():
    library, lock, prefix, channels = sys.argv[1:5]
    engine.load(library)
    with open(lock) as file:
        lines = read_lines(file.read())
    specs = [spec for data in lines for spec in data.get("requested_specs", [])]
    engine.run(fill(prefix, [record_of(data) for data in lines], specs, json.loads(channels)))


async def fill(prefix, records, specs, channels):
    await engine.link(records, prefix, specs, engine.settings())
    write_settings(prefix, channels)


def write_settings(prefix, channels):
    """For a conda or mamba that somebody installs into the environment: files are copied, so that no cache shares them."""
    settings = {"channels": channels, "always_copy": True, "pkgs_dirs": ["~/.conda/pkgs"], "envs_dirs": ["~/.conda/envs"], "auto_activate_base": False}
    with open(os.path.join(prefix, ".condarc"), "w") as file:
        json.dump(settings, file, indent=1)  # YAML holds JSON
        file.write("\n")


if __name__ == "__main__":
    main()
