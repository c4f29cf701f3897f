"""Chooses what a student's server runs from, and becomes it: `python3 -I -S launch.py HUB LINK SOCKET`, as the student.

The hub says in the credentials how: "normal", "safe" (nothing of the home's settings counts) or "rescue" (the hub's own
environment, where the shared one cannot start a server). The link is followed once: a server and its kernels go on with
the environment they began with when it moves on.
"""

import json
import os
import sys
from glob import glob

ACTIVATE = """command=("$@"); set --
for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do . "$script" >&2; done
exec "${command[@]}"
"""
SERVER_START = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server_start.py")


def main():
    hub, link, socket = sys.argv[1:4]
    leave_unusable_folder()
    environment = os.path.realpath(link)
    rescue = os.path.join(hub, "bin/python")
    os.environ["HOMEROOM_RESCUE_PYTHON"] = rescue
    mode, reason = wanted_mode(), "it did not start a server"
    if mode != "rescue":
        python = os.path.join(environment, "bin/python")
        try:
            become([python, "-I", SERVER_START, socket, f"--mode={mode}"], environment, scripts=mode == "normal")
        except OSError as error:
            reason = f"its Python interpreter does not run ({error.strerror})"
    os.execv(rescue, [rescue, "-I", SERVER_START, socket, "--mode=rescue", f"--reason={reason}"])


def become(argv, environment, scripts):
    """Goes on as that program; an environment of conda's is activated before, but for its scripts in safe mode."""
    if not os.path.isdir(os.path.join(environment, "conda-meta")):
        os.execv(argv[0], argv)
    os.environ.update(CONDA_PREFIX=environment, CONDA_SHLVL="1", CONDA_DEFAULT_ENV="homeroom")
    # What no interpreter can be run from must be found out here, not by the shell.
    if scripts and glob(os.path.join(environment, "etc/conda/activate.d/*.sh")) and os.access(argv[0], os.X_OK):
        os.execv("/bin/bash", ["/bin/bash", "--noprofile", "--norc", "-c", ACTIVATE, "activate", *argv])
    os.execv(argv[0], argv)


def wanted_mode():
    try:
        with open(os.path.join(os.environ["CREDENTIALS_DIRECTORY"], "environment")) as file:
            return json.load(file).get("mode", "normal")
    except (KeyError, OSError, ValueError):
        return "normal"  # server_start.py says what is wrong


def leave_unusable_folder():
    """A home that nobody can enter keeps no server from starting."""
    try:
        os.listdir()
    except OSError:
        os.chdir(os.environ.get("JUPYTER_RUNTIME_DIR", "/"))


if __name__ == "__main__":
    main()
