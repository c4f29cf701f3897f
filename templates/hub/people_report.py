"""What the hub's databases know of people, as JSON: run by `homeroom users` with the hub's own rights, never as root.

{"alice": {"last_activity": "2026-11-22T09:30:00", "password": true}, ...}; databases that are not there know nobody.
"""

import json
import sqlite3
import sys
from pathlib import Path

CANARY = "homeroom-canary"  # nobody (homeroom/canary.py)


def main(folder):
    people = {}
    for name, last_activity in rows(folder / "jupyterhub.sqlite", "SELECT name, last_activity FROM users"):
        people[name] = {"last_activity": last_activity and last_activity.replace(" ", "T"), "password": False}
    for (name,) in rows(folder / "passwords.sqlite", "SELECT name FROM passwords"):
        people.setdefault(name, {"last_activity": None})["password"] = True
    people.pop(CANARY, None)
    json.dump(people, sys.stdout)


def rows(path, query):
    if not path.exists():
        return []
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
