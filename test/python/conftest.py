"""Tests of templates/hub and scripts/bootstrap; run with pytest in an environment made from requirements.txt."""

import json
import sys
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
