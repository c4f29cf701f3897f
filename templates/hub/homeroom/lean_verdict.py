"""Whether servers of this environment start lean: what check_lean.py found, and for which versions that holds.

It stays in an environment that outlives the release which checked it: another release, whose savings are others, starts
stock until it has checked for itself (homeroom-environment-check.service, which runs after each upgrade).
"""

import hashlib
import json
import os
import sys
from pathlib import Path

VERDICT = Path(sys.prefix, "share", "homeroom", "lean.json")
PYTHON = sys.version.split()[0]  # "3.11.2": the distribution's own corrections of it do not count
# What a lean start is made of, and what checks it. Where a release leaves all of it as it was, the verdict still holds.
LEAN_START = (
    "certificates.py",
    "lazy_modules.py",
    "probes.py",
    "savings.py",
    "stand_in_hub.py",
    "validators.py",
    "../check_lean.py",
    "../server_start.py",
)
SITE_PACKAGES = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")


def why_stock(verdict=VERDICT, site_packages=SITE_PACKAGES):
    """None where a lean start was checked with what is installed now, else why not, in words."""
    try:
        found = json.loads(verdict.read_text())
        if found["lean_start"] != lean_start():
            return "it was checked by another release of Homeroom"
        if found["reason"] is not None:
            return str(found["reason"])
        if found["python"] != PYTHON:
            return "it was not checked with this Python"
        changed = sorted(set(found["distributions"]) - set(os.listdir(site_packages)))
    except (OSError, ValueError, KeyError, TypeError):
        return "it was not checked with this environment"
    if not changed:
        return None
    return f"it was not checked with the packages that are installed now ({changed[0].removesuffix('.dist-info')} was)"


def lean_start(folder=Path(__file__).parent):
    """Names this release's way to start lean: a hash of its code."""
    code = hashlib.sha256()
    for name in LEAN_START:
        code.update((folder / name).read_bytes())
    return code.hexdigest()[:32]


def write_verdict(reason, distributions, loaded_at_start, verdict=VERDICT):
    """`reason`: why a lean start fails, None where it does not; `distributions`: names of .dist-info folders."""
    found = {
        "reason": reason,
        "lean_start": lean_start(),
        "python": PYTHON,
        "distributions": sorted(distributions),
        "loaded_at_start": sorted(loaded_at_start),
    }
    verdict.parent.mkdir(parents=True, exist_ok=True)
    fresh = verdict.with_suffix(".new")
    fresh.write_text(json.dumps(found, indent=1))
    os.replace(fresh, verdict)
