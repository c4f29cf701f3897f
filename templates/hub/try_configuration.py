"""A dry start of the hub with an admin's own configuration; run as `python -I try_configuration.py` by root's installer.

It runs as the hub does, in a unit where the hub's state, /run/homeroom and the compiled files are copies (see
installer/resources/hub-trial.ts): a whole hub starts, on a copy of the database, with a proxy that only says yes.
Standard output gets one line of JSON: {"problems": [{"file", "line", "message"}]}, empty where the hub would start.
"""

import asyncio
import json
import logging
import os
import shutil
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

HERE = Path(__file__).parent
sys.path.append(str(HERE))
STATE = Path("/var/lib/homeroom/hub")
STATE_IN_USE = Path("/run/homeroom/state")
FRAGMENTS = Path("/var/lib/homeroom/compiled/jupyterhub_config.d")
DATABASE = STATE / "jupyterhub.sqlite"

from homeroom.fragments import IGNORED, REFUSED, place_of, place_setting  # noqa: E402


class EmptyProxy(BaseHTTPRequestHandler):
    """The proxy's interface, of one that has no routes."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b"{}"
        self.send_response({"GET": 200, "POST": 201, "DELETE": 204}[self.command])
        if self.command == "GET":
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_args):
        pass


class Ignored(logging.Handler):
    """Settings that the hub says it does not know."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.traits = []

    def emit(self, record):
        if match := IGNORED.search(record.getMessage()):
            self.traits.append(match.groups())


def copy_state():
    """The hub's state as it is now. Nothing runs for the trial, so no server of the database is looked for."""
    for path in STATE_IN_USE.iterdir() if STATE_IN_USE.exists() else []:
        if path.is_file() and path.name != DATABASE.name:
            shutil.copyfile(path, STATE / path.name)
    if (in_use := STATE_IN_USE / DATABASE.name).exists():
        # Another connection may write meanwhile; SQLite's own copy waits for it.
        source, copy = sqlite3.connect(f"file:{in_use}?mode=ro", uri=True), sqlite3.connect(DATABASE)
        source.backup(copy)
        source.close()
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'spawners'").fetchone():
            copy.execute("UPDATE spawners SET server_id = NULL")
        copy.commit()
        copy.close()


async def start_hub(ignored):
    """Starts the hub and makes one spawner, as it would for a person: what sets a spawner's traits counts only then."""
    from homeroom.hub import HomeroomHub
    from jupyterhub import orm

    hub = HomeroomHub.instance()
    hub.log.addHandler(ignored)
    await hub.initialize(["--config", str(HERE / "jupyterhub_config.py")])
    await hub.start()
    person = orm.User(name="homeroom-trial")
    hub.db.add(person)
    hub.db.commit()
    hub.users[person].spawner  # noqa: B018 - it is made when it is asked for


def problem(place, message):
    file, line = place or (None, None)
    return {"file": file, "line": line, "message": " ".join(str(message).split())[:600]}


def try_configuration():
    ignored = Ignored()
    logging.getLogger("traitlets").addHandler(ignored)
    try:
        copy_state()
        os.umask(0o077)
        proxy = ThreadingUnixStreamServer("/run/homeroom/proxy-api.sock", EmptyProxy)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        from prepare_database import prepare_database

        prepare_database(str(DATABASE))
        asyncio.run(start_hub(ignored))
    except (Exception, SystemExit) as error:
        if isinstance(error, SystemExit) and error.__context__ is not None:
            error = error.__context__  # traitlets makes an exit of settings of a wrong type
        place, name = place_of(error), type(error).__name__
        if place is None and (match := REFUSED.search(str(error))):
            place = place_setting(FRAGMENTS, match[1])
        if place is None:
            logging.getLogger().exception("the hub did not start")
        return [problem(place, f"{name}: {error}")]
    # What Homeroom itself sets is not the admin's to correct.
    places = {(trait, section): place_setting(FRAGMENTS, trait) for trait, section in ignored.traits}
    return [
        problem(place, f"{section} knows no setting {trait}, so this line does nothing")
        for (trait, section), place in places.items()
        if place
    ]


if __name__ == "__main__":
    report = os.dup(1)
    os.dup2(2, 1)  # whatever the configuration prints is no part of the answer
    found = try_configuration()
    os.write(report, (json.dumps({"problems": found}) + "\n").encode())
    os._exit(0)
