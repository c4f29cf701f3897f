"""check_lean.py as it is run when an environment is built: on a copy of the environment of these tests."""

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest
from conftest import HUB
from homeroom.probes import PROBES
from homeroom.savings import SAVINGS


@pytest.fixture
def check(environment):
    """Runs the check in an environment with this line run at the start of its Python; gives the verdict."""
    folder, start = environment

    def run(line=""):
        start.write_text(f"{start.read_text()}\n{line}")
        subprocess.run([folder / "bin/python", "-I", "-B", HUB / "check_lean.py"], check=True, timeout=300, capture_output=True)
        return json.loads((folder / "share/homeroom/lean.json").read_text())

    return run


def test_every_saving_is_used_by_the_check():
    assert list(PROBES) == list(SAVINGS)


def test_what_is_locked_starts_lean_and_loads_nothing_of_it(check):
    verdict = check()
    assert (verdict["reason"], verdict["loaded_at_start"]) == (None, [])
    named = {name.partition("-")[0] for name in verdict["distributions"]}
    assert {"jupyterhub", "jupyterlab", "jupyter_server", "aiohttp", "sqlalchemy", "requests", "ipython"} <= named


def test_after_a_change_it_is_checked_again_and_only_then(environment):
    folder, start = environment
    for name in Path(sysconfig.get_path("purelib")).glob("*.dist-info"):
        (start.parent / name.name).symlink_to(name)
    verdict = folder / "share/homeroom/lean.json"

    def again():
        script = [folder / "bin/python", "-I", "-B", HUB / "check_lean.py", "--where-unchecked"]
        subprocess.run(script, check=True, timeout=300, capture_output=True)
        return verdict.stat().st_ino

    first = again()
    assert again() == first
    written = json.loads(verdict.read_text())
    verdict.write_text(json.dumps({**written, "distributions": ["jupyterlab-0.1.dist-info"]}))
    assert again() != first
    assert json.loads(verdict.read_text())["distributions"] == written["distributions"]
    # What a release left behind that is not in use any more.
    verdict.write_text(json.dumps({**written, "lean_start": "of another release"}))
    before = verdict.stat().st_ino
    assert again() != before
    assert json.loads(verdict.read_text())["lean_start"] == written["lean_start"]


def test_a_saving_that_answers_otherwise_than_stock_fails_the_check(check):
    wrong = "import sys; sys.argv[1:] == ['lean'] and sys.modules.__setitem__('httpx', __import__('types').SimpleNamespace(URL=len))"
    assert check(wrong)["reason"].startswith("the check failed: the extension manager: ImportError: ")


def test_a_server_that_does_not_start_lean_fails_the_check(check):
    wrong = "import sys; sys.argv[2:] == ['--lean'] and sys.modules.__setitem__('jupyterlab', None)"
    reason = check(wrong)["reason"]
    assert "started the stock way: a lean start failed: ModuleNotFoundError: " in reason
