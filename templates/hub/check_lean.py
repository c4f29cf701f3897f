"""Checks that a lean start of a server (homeroom/savings.py) is right with what is installed; writes lean.json.

Run by an environment's own Python when it is built, as its owner: `python -I check_lean.py`; after changes by admins with
`--where-unchecked` (homeroom-environment-check.service). Every use of what a lean
start leaves out must answer as a stock start does, by eight threads at once, and a real server must start, show its
pages, save a notebook and start a kernel. Whatever comes out, the environment works: where it fails, servers start stock.
"""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE))

from homeroom.lean_verdict import why_stock, write_verdict  # noqa: E402
from homeroom.probes import PROBES  # noqa: E402
from homeroom.savings import SERVER_MODULES, apply_savings, savings_are_in  # noqa: E402
from homeroom.stand_in_hub import UnixConnection, environment_of_alice, stand_in_hub  # noqa: E402

SECONDS = 240
THREADS = 8
TOKEN = "token-of-this-check"


def main():
    if sys.argv[1:] == ["--where-unchecked"]:
        if why_stock() is None:
            return
    elif sys.argv[1:]:
        print(json.dumps({"lean": probe_lean, "stock": probe_stock}[sys.argv[1]]()))
        return
    distributions, loaded = [], []
    with tempfile.TemporaryDirectory(prefix="homeroom-lean-") as folder:
        probes = {how: probing(how, folder) for how in ("stock", "lean")}
        try:
            loaded = try_server(Path(folder))
            said = {how: answer(probe) for how, probe in probes.items()}
            distributions = said["lean"]["distributions"]
            reason = compare(said["stock"]["answers"], said["lean"])
        except Exception as error:  # whatever it is, servers start stock and say this
            reason = f"{type(error).__name__}: {error}"
        finally:
            for probe in probes.values():
                probe.kill()
                probe.wait()
    write_verdict(reason and f"the check failed: {reason}", distributions, loaded)
    print(f"Servers start {'lean' if reason is None else 'stock'}{'' if reason is None else f': {reason}'}")


def probing(how, folder):
    # Without a Node on PATH, since a lean start answers as if there was none.
    environment = {"PATH": "/nonexistent", "HOME": folder}
    command = [sys.executable, "-I", __file__, how]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(probe):
    try:
        out, errors = probe.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"no answer within {SECONDS} s") from None
    if probe.returncode != 0:
        raise RuntimeError(last_line(errors))
    return json.loads(out)


def last_line(text):
    return (text.strip().splitlines() or ["it said nothing"])[-1][:500]


def compare(stock, lean):
    """None where a lean start answers as a stock one, else what is different."""
    for name, expected in stock.items():
        for given in lean["answers"][name]:
            if given != expected:
                return f"{name}: {str(given)[:200]} instead of {str(expected)[:200]}"
    return None


def probe_stock():
    return {"answers": {name: probe() for name, probe in PROBES.items()}}


def probe_lean():
    apply_savings()
    import jupyterhub.singleuser
    import jupyterlab.labapp  # noqa: F401

    savings_are_in()
    modules = set(sys.modules) - set(SERVER_MODULES)
    return {"answers": {name: at_once(probe) for name, probe in PROBES.items()}, "distributions": distributions_of(modules)}


def at_once(probe):
    """What several threads get that ask at the same moment."""
    start, got = threading.Barrier(THREADS), []

    def ask():
        start.wait()
        try:
            got.append(probe())
        except Exception as error:
            got.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def distributions_of(modules):
    """Folders of the distributions that these modules come from, and those that the savings leave unloaded."""
    from importlib.metadata import distribution, packages_distributions

    owners = packages_distributions()
    tops = {name.partition(".")[0] for name in {*modules, *SERVER_MODULES}}
    found = {owner for top in tops for owner in owners.get(top, [])}
    return sorted(Path(distribution(name)._path).name for name in found)


def try_server(folder):
    """Starts a real server and uses it; answers with what it loaded at its start although it is left unloaded."""
    for name in ("credentials", "home", "runtime"):
        (folder / name).mkdir()
    with stand_in_hub(str(folder / "hub.sock"), hub_version()), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(folder / "notify"))
        told.settimeout(0.5)
        given = {"environment": environment_of_alice(folder / "hub.sock", TOKEN), "arguments": ["--allow-root"]}
        (folder / "credentials" / "environment").write_text(json.dumps(given))
        errors = folder / "errors"
        with errors.open("w") as stderr:
            server = subprocess.Popen(
                [sys.executable, "-I", str(HERE / "server_start.py"), str(folder / "server.sock"), "--lean"],
                cwd=folder / "home",
                env={
                    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
                    "HOME": str(folder / "home"),
                    "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
                    "CREDENTIALS_DIRECTORY": str(folder / "credentials"),
                    "NOTIFY_SOCKET": str(folder / "notify"),
                    "HOMEROOM_LAZY_TRACE": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
            )
        try:
            said = hear(told, server)
            if said != "READY=1\nSTATUS=Serving":  # it says there where it fell back
                raise RuntimeError(said)
            loaded = [line.split()[-1] for line in errors.read_text().splitlines() if line.startswith("homeroom: loads ")]
            use(str(folder / "server.sock"))
        except TimeoutError:
            raise RuntimeError(f"the server does not answer: {last_line(errors.read_text())}") from None
        finally:
            server.kill()
            server.wait()
    return loaded


def hear(told, server):
    """What the server tells systemd first."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(TimeoutError):
            return told.recv(4096).decode()
    raise TimeoutError


def hub_version():
    from importlib.metadata import version

    return version("jupyterhub")


def use(path):
    """The pages of a server, a notebook saved and read, a kernel started; raises where anything is not as it should be."""
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": "1", "id": "a"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    ask(path, "GET", "lab", 200)
    ask(path, "GET", "tree", 200)
    ask(path, "GET", "lab/api/settings", 200)
    ask(path, "GET", "api/kernelspecs", 200)
    ask(path, "PUT", "api/contents/a.ipynb", 201, {"type": "notebook", "content": notebook})
    if ask(path, "GET", "api/contents/a.ipynb", 200)["content"]["cells"][0]["source"] != "1":
        raise RuntimeError("a notebook is read back otherwise than it was saved")
    kernel = ask(path, "POST", "api/kernels", 201, {})
    ask(path, "DELETE", f"api/kernels/{kernel['id']}", 204)


def ask(path, method, what, expected, body=None):
    connection = UnixConnection(path)
    given = None if body is None else json.dumps(body)
    connection.request(method, f"/user/alice/{what}", given, {"Authorization": f"token {TOKEN}"})
    answered = connection.getresponse()
    text = answered.read()
    if answered.status != expected:
        raise RuntimeError(f"{method} {what} answered {answered.status} instead of {expected}")
    return json.loads(text) if text.startswith(b"{") else None


if __name__ == "__main__":
    main()
