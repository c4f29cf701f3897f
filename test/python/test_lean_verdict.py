import json
import shutil
import subprocess
import sys

import pytest
from conftest import HUB
from homeroom import lean_verdict
from homeroom.lean_verdict import why_stock, write_verdict


@pytest.fixture
def checked(tmp_path):
    """An environment with two packages of which one was checked; gives the question of whoever starts a server."""
    for name in ("jupyterlab-4.6.6.dist-info", "cowsay-1.0.dist-info"):
        (tmp_path / name).mkdir()
    verdict = tmp_path / "share/lean.json"

    def ask(reason=None):
        write_verdict(reason, ["jupyterlab-4.6.6.dist-info"], [], verdict)
        return lambda: why_stock(verdict, tmp_path)

    return ask, tmp_path, verdict


def test_what_was_checked_starts_lean_whatever_else_is_installed(checked):
    ask, folder, _verdict = checked
    asked = ask()
    assert asked() is None
    (folder / "cowsay-1.0.dist-info").rename(folder / "cowsay-2.0.dist-info")
    assert asked() is None


def test_another_version_starts_stock_until_it_is_checked(checked):
    ask, folder, _verdict = checked
    asked = ask()
    (folder / "jupyterlab-4.6.6.dist-info").rename(folder / "jupyterlab-4.7.0.dist-info")
    assert asked() == "it was not checked with the packages that are installed now (jupyterlab-4.6.6 was)"


def test_another_python_starts_stock(checked, monkeypatch):
    ask, _folder, _verdict = checked
    asked = ask()
    monkeypatch.setattr(lean_verdict, "PYTHON", "3.99.0")
    assert asked() == "it was not checked with this Python"


def test_another_release_starts_stock_whatever_the_last_one_found(checked, monkeypatch):
    ask, _folder, verdict = checked
    for reason in (None, "the check failed: IPython: 1 instead of 2"):
        asked = ask(reason)
        with monkeypatch.context() as patch:
            patch.setattr(lean_verdict, "lean_start", lambda: "another")
            assert asked() == "it was checked by another release of Homeroom"
    written = json.loads(verdict.read_text())
    del written["lean_start"]
    verdict.write_text(json.dumps(written))
    assert asked() == "it was not checked with this environment"


@pytest.mark.parametrize("name", lean_verdict.LEAN_START)
def test_a_release_is_another_where_any_part_of_its_lean_start_is(tmp_path, name):
    copy = tmp_path / "hub/homeroom"
    shutil.copytree(HUB / "homeroom", copy)
    for outer in HUB.glob("*.py"):
        shutil.copy(outer, tmp_path / "hub")
    assert lean_verdict.lean_start(copy) == lean_verdict.lean_start()
    with (copy / name).open("a") as file:
        file.write("# changed")
    assert lean_verdict.lean_start(copy) != lean_verdict.lean_start()


def test_everything_that_a_lean_start_is_made_of_is_named():
    loaded = "import sys, homeroom.savings, homeroom.probes; print(*[m for m in sys.modules if m.startswith('homeroom.')])"
    said = subprocess.run([sys.executable, "-c", loaded], cwd=HUB, check=True, capture_output=True, text=True).stdout
    assert {f"{name.removeprefix('homeroom.')}.py" for name in said.split()} <= set(lean_verdict.LEAN_START)


def test_a_failed_check_is_told(checked):
    ask, _folder, _verdict = checked
    assert ask("the check failed: IPython: 1 instead of 2")() == "the check failed: IPython: 1 instead of 2"


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"reason": null, "python": 1}', "null"])
def test_without_a_whole_verdict_it_starts_stock(checked, text):
    ask, _folder, verdict = checked
    asked = ask()
    if text is None:
        verdict.unlink()
    else:
        verdict.write_text(text)
    assert asked() in ("it was not checked with this environment", "it was not checked with this Python")
