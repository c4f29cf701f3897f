import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from homeroom.passwords import PasswordStore
from jupyterhub import orm

SCRIPT = Path(__file__).parents[2] / "templates" / "hub" / "people_report.py"


def report(folder):
    done = subprocess.run([sys.executable, "-I", str(SCRIPT), str(folder)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_hub_that_has_not_started_knows_nobody(tmp_path):
    assert report(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_activity_and_passwords_of_the_hub_s_own_databases(tmp_path):
    db = orm.new_session_factory(f"sqlite:///{tmp_path}/jupyterhub.sqlite")()
    db.add(orm.User(name="alice"))
    db.add(orm.User(name="bob"))
    db.commit()
    with sqlite3.connect(tmp_path / "jupyterhub.sqlite") as database:
        database.execute("UPDATE users SET last_activity = '2026-11-22 09:30:00.5' WHERE name = 'alice'")
        database.execute("UPDATE users SET last_activity = NULL WHERE name = 'bob'")
    PasswordStore(tmp_path / "passwords.sqlite").add("alice", b"hash")
    assert report(tmp_path) == {
        "alice": {"last_activity": "2026-11-22T09:30:00.5", "password": True},
        "bob": {"last_activity": None, "password": False},
    }
