"""Starts one student's server, as the student: homeroom-user@.service runs `python -I server_start.py SOCKET`.

It is jupyterhub-singleuser, but what a student's server never uses stays unloaded (homeroom/savings.py) where that was
checked with what is installed; otherwise, and where such a start fails, it starts as JupyterHub's own does, and says so
in the unit's status. `--lean` skips that question, `--stock=REASON` answers it. Where the shared environment can start no
server at all, the process goes on in the hub's (`--mode=rescue`, launch.py).
Always with -I: otherwise a file next to the notebooks could stand in for a module of the standard library.
"""

import json
import os
import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
sys.path.append(HERE)

from homeroom.class_notice import show_class_notice  # noqa: E402
from homeroom.lean_verdict import why_stock  # noqa: E402
from homeroom.memory_watch import watch_memory  # noqa: E402
from homeroom.notify import notify, take_notify_socket  # noqa: E402
from homeroom.safe_mode import arguments_of, show_notice  # noqa: E402
from homeroom.start_script import apply_start_script  # noqa: E402
from homeroom.savings import apply_savings, savings_are_in  # noqa: E402

sys.path.remove(HERE)


def main():
    start = Start()
    try:
        credentials = take_environment()
        if start.mode != "rescue":
            apply_start_script(sys.prefix)
        special = arguments_of(start.mode)
        start.decide(credentials)
        server_main = import_server(start)
        options = options_of(credentials) + special
        show_notice(start.mode, start.reason)
    except NoCredentials as error:
        start.give_up(str(error))
    except Exception as error:  # whatever a broken package raises
        reason = f"{type(error).__name__}: {error}"
        start.go_on_stock(reason)
        start.go_on_in_rescue(reason)
        start.give_up(f"the shared environment cannot start a server: {reason}")
    sys.argv = ["jupyterhub-singleuser", *options]
    try:
        server_main()
    except (Exception, SystemExit) as error:
        if not start.ready:
            start.go_on_stock(f"{type(error).__name__}: {error}")
        raise


class Start:
    """How this start goes: lean or stock, whether the server is ready, and what systemd hears of it."""

    def __init__(self):
        self.socket = sys.argv[1]
        self.ready = False
        self._notify_socket = take_notify_socket()  # taken: kernels must not speak for the server
        self._credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        self.mode, self.reason, self._stock = option("--mode="), option("--reason="), option("--stock=")
        self._lean = False

    def decide(self, credentials):
        """Applies the savings where they may be; call before Jupyter is imported."""
        if self.mode == "rescue" or not credentials.get("lean", True):
            return
        if self._stock is None and "--lean" not in sys.argv[2:]:
            self._stock = why_stock()
        if self._stock is None:
            self._lean = True
            apply_savings()

    def is_ready(self):
        self.ready = True
        how = f", started the stock way: {self._stock}" if self._stock else ""
        notify(self._notify_socket, f"READY=1\nSTATUS=Serving{how}")

    def go_on_stock(self, reason):
        """A lean start that failed begins again, stock; a stock one returns."""
        if not self._lean:
            return
        print(f"homeroom: a lean start failed, so it starts the stock way: {reason}", file=sys.stderr, flush=True)
        mode = [] if self.mode is None else [f"--mode={self.mode}"]
        self._begin_again(sys.executable, *mode, f"--stock=a lean start failed: {reason}")

    def go_on_in_rescue(self, reason):
        """Goes on in the hub's environment, which only root can have changed; returns where that does not run either."""
        python = os.environ.get("HOMEROOM_RESCUE_PYTHON")
        if self.mode == "rescue" or not python:
            return
        print(f"homeroom: the shared environment cannot start a server: {reason}", file=sys.stderr, flush=True)
        try:
            self._begin_again(python, "--mode=rescue", f"--reason={reason}")
        except OSError as error:
            print(f"homeroom: nor does the rescue environment: {error}", file=sys.stderr)

    def _begin_again(self, python, *options):
        os.environ["CREDENTIALS_DIRECTORY"] = self._credentials
        if self._notify_socket:
            os.environ["NOTIFY_SOCKET"] = self._notify_socket
        lines = [" ".join(option.split())[:300] for option in options]
        os.execv(python, [python, "-I", os.path.abspath(__file__), self.socket, *lines])

    def give_up(self, reason):
        notify(self._notify_socket, f"STATUS={reason}")
        sys.exit(f"homeroom: {reason}")


def option(start):
    return next((word.removeprefix(start) for word in sys.argv[2:] if word.startswith(start)), None)


class NoCredentials(ValueError):
    """The hub had nothing to give: it was restarted meanwhile, or did not start this server."""


def take_environment():
    """What the hub hands over through systemd (homeroom/credentials.py); sets the environment."""
    folder = os.environ.pop("CREDENTIALS_DIRECTORY", None)
    given = Path(folder, "environment").read_bytes() if folder else b""
    if not given:
        raise NoCredentials("the hub gave it no credentials, perhaps because it was restarting; start it again")
    credentials = json.loads(given)
    os.environ.update(credentials["environment"])
    return credentials


def options_of(credentials):
    options = [
        f"--ServerApp.sock={sys.argv[1]}",
        "--ServerApp.sock_mode=0660",
        "--KernelManager.transport=ipc",
        "--LabApp.extension_manager=readonly",
        f"--LabServerApp.extra_labextensions_path={HERE}/labextensions",
    ]
    if not credentials.get("debugger", True):
        import homeroom.kernel_spec  # noqa: F401 - found by its name, which is no path of the environment's

        options.append("--KernelSpecManager.kernel_spec_class=homeroom.kernel_spec.KernelSpecWithoutDebugger")
    return [*options, *credentials["arguments"]]


def import_server(start):
    """jupyterhub-singleuser's main, with what concerns a server on a socket of systemd's kind put in."""
    from jupyter_server.serverapp import ServerApp

    bind = ServerApp._bind_http_server_unix

    def bind_and_tell(app):
        bound = bind(app)
        if bound:
            app.io_loop.add_callback(watch_memory, app)
            app.io_loop.add_callback(show_class_notice, app)
            start.is_ready()
        return bound

    ServerApp._bind_http_server_unix = bind_and_tell
    # Without it JupyterHub would start a server that has no JupyterLab, instead of saying what is missing.
    import jupyterlab.labapp  # noqa: F401
    from jupyterhub.singleuser import main as server_main

    savings_are_in()
    return server_main


if __name__ == "__main__":
    main()
