"""Starts one student's server, as the student: homeroom-user@.service runs `python -I server_start.py SOCKET`.

It is jupyterhub-singleuser, but what a student's server never uses stays unloaded (106 MB and 3 s become 46 MB and
0.6 s). Always with -I: otherwise a file next to the notebooks could stand in for a module of the standard library.
"""

import json
import os
import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
sys.path.append(HERE)

from homeroom.certificates import read_certificates_on_first_use  # noqa: E402
from homeroom.lazy_modules import SERVER_MODULES, leave_unloaded, remove_stand_ins  # noqa: E402
from homeroom.memory_watch import watch_memory  # noqa: E402
from homeroom.notify import notify, take_notify_socket  # noqa: E402
from homeroom.validators import take_validators_from  # noqa: E402

sys.path.remove(HERE)


def main():
    notify_socket = take_notify_socket()  # taken: kernels must not speak for the server
    try:
        arguments = take_environment()
        prepare_imports()
        server_main = import_server(notify_socket)
    except (ImportError, OSError, ValueError) as error:
        reason = f"the shared environment cannot start a server: {type(error).__name__}: {error}"
        if isinstance(error, NoCredentials):
            reason = str(error)
        notify(notify_socket, f"STATUS={reason}")
        sys.exit(f"homeroom: {reason}")
    sys.argv = [
        "jupyterhub-singleuser",
        f"--ServerApp.sock={sys.argv[1]}",
        "--ServerApp.sock_mode=0660",
        "--KernelManager.transport=ipc",
        "--LabApp.extension_manager=readonly",
        f"--LabServerApp.extra_labextensions_path={HERE}/labextensions",
        *arguments,
    ]
    server_main()


class NoCredentials(ValueError):
    """The hub had nothing to give: it was restarted meanwhile, or did not start this server."""


def take_environment():
    """What the hub hands over through systemd: sets the environment, answers with further arguments."""
    folder = os.environ.pop("CREDENTIALS_DIRECTORY", None)
    given = Path(folder, "environment").read_bytes() if folder else b""
    if not given:
        raise NoCredentials("the hub gave it no credentials, perhaps because it was restarting; start it again")
    credentials = json.loads(given)
    os.environ.update(credentials["environment"])
    return credentials["arguments"]


def prepare_imports():
    leave_unloaded(SERVER_MODULES)
    read_certificates_on_first_use()
    sys.modules["aiodns"] = None  # aiohttp then resolves names in a thread, as where aiodns is not installed
    import unittest.mock  # noqa: F401 - so that a later `from unittest import mock` leaves unittest unloaded


def import_server(notify_socket):
    """jupyterhub-singleuser's main, with what concerns a server on a socket of systemd's kind put in."""
    take_validators_from()
    import jupyterlab.commands
    from jupyter_server.serverapp import ServerApp

    if hasattr(jupyterlab.commands, "_yarn_config"):  # else each start runs `node yarn config`: 0.4 s
        jupyterlab.commands._yarn_config = lambda logger: {"yarn config": {}, "npm config": {}}

    bind = ServerApp._bind_http_server_unix

    def bind_and_tell(app):
        bound = bind(app)
        if bound:
            app.io_loop.add_callback(watch_memory, app)
            notify(notify_socket, "READY=1\nSTATUS=Serving")
        return bound

    ServerApp._bind_http_server_unix = bind_and_tell
    from jupyterhub.singleuser import main as server_main

    remove_stand_ins(SERVER_MODULES)
    return server_main


if __name__ == "__main__":
    main()
