"""The script `start` of a folder laid out for repo2docker: what it sets in the environment counts for the server.

It runs as the student, as everything of a server does, and ends as `exec "$@"`. A script that fails, or takes too long,
never keeps a server from starting: it is said in the log.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile

SECONDS = 10
# What tells server and hub apart from others is not a script's to set.
KEPT = ("JUPYTERHUB_", "JPY_", "JUPYTER_RUNTIME_DIR", "HOMEROOM_", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "_", "SHLVL", "PWD", "OLDPWD")
DUMP = "import json, os, sys; json.dump(dict(os.environ), os.fdopen(int(sys.argv[1]), 'w'))"


def apply_start_script(prefix, seconds=SECONDS):
    """Runs prefix/share/homeroom/start, where it is there, and takes over the variables that it changed."""
    script = os.path.join(prefix, "share", "homeroom", "start")
    if not os.path.isfile(script):
        return
    try:
        changed = variables_of(script, seconds)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        print(f"homeroom: the script start of the shared environment was left out: {error}", file=sys.stderr, flush=True)
        return
    os.environ.update({name: value for name, value in changed.items() if not name.startswith(KEPT)})


def variables_of(script, seconds):
    with tempfile.TemporaryFile() as answer:
        command = [script, sys.executable, "-I", "-S", "-c", DUMP, str(answer.fileno())]
        # In a session of its own, so that what it started ends with it.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, pass_fds=[answer.fileno()], start_new_session=True)
        try:
            code = process.wait(timeout=seconds)
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        answer.seek(0)
        said = answer.read(4 * 1024**2)
    if code != 0:
        raise ValueError(f"it ended with {code}")
    if not said:
        raise ValueError('it does not end with `exec "$@"`')
    before = dict(os.environ)
    return {name: value for name, value in json.loads(said).items() if before.get(name) != value}
