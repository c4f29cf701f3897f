"""Tests of templates/hub and scripts/bootstrap; run with pytest in an environment made from requirements.txt."""

import json
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HUB = ROOT / "templates" / "hub"
sys.dont_write_bytecode = True
sys.path += [str(HUB), str(ROOT / "scripts" / "bootstrap")]


@pytest.fixture
def write_roster(tmp_path):
    """Writes a roster file, with a new modification time each time; gives its path."""
    path = tmp_path / "roster.json"

    def write(**changes):
        people = {"allowed": [], "admins": [], "banned": [], "open": False, "first_passwords": {}}
        passwords = {"first_password": "own", "class_code": None}
        limits = {"memory_limit": None, "cpu_limit": None, "other_limits": {}, "memory_reserve": 0}
        roster = {**people, **passwords, **limits, **changes}
        fresh = tmp_path / "roster.new"
        fresh.write_text(json.dumps(roster))
        fresh.rename(path)
        return path

    return write


@pytest.fixture
def environment(tmp_path):
    """An environment of its own with the packages of these tests; gives its path and the file that its Python starts with."""
    made = tmp_path / "environment"
    venv.create(made, symlinks=True)
    (site,) = made.glob("lib/python3*/site-packages")
    start = site / "packages.pth"
    start.write_text(sysconfig.get_path("purelib"))
    (made / "share").mkdir()
    for folder in ("etc", "share/jupyter"):
        (made / folder).symlink_to(Path(sys.prefix, folder))
    return made, start
