import os
import time

import pytest

from homeroom.start_script import apply_start_script


@pytest.fixture
def start(tmp_path):
    """Writes the script of an environment; its prefix."""

    def write(text):
        place = tmp_path / "share" / "homeroom"
        place.mkdir(parents=True)
        (place / "start").write_text(text)
        (place / "start").chmod(0o755)
        return str(tmp_path)

    return write


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "alice")
    monkeypatch.delenv("COURSE", raising=False)
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_what_it_sets_counts(start):
    apply_start_script(start('#!/bin/bash\nexport COURSE="a b"\nexport PATH="/srv/bin:$PATH"\nexec "$@"\n'))
    assert os.environ["COURSE"] == "a b"
    assert os.environ["PATH"].startswith("/srv/bin:")


def test_what_belongs_to_the_hub_does_not(start):
    apply_start_script(start('#!/bin/sh\nexport JUPYTERHUB_USER=bob COURSE=1\nexec "$@"\n'))
    assert (os.environ["JUPYTERHUB_USER"], os.environ["COURSE"]) == ("alice", "1")


def test_without_one_nothing_happens(tmp_path):
    before = dict(os.environ)
    apply_start_script(str(tmp_path))
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('#!/bin/sh\nexport COURSE=1\nexit 3\n', "it ended with 3"),
        ("#!/bin/sh\nexport COURSE=1\n", 'exec "$@"'),
        ("#!/no/such/interpreter\n", "No such file"),
        ('export COURSE=1\nexec "$@"\n', "Exec format"),
        ("#!/bin/sh\nexport COURSE=1\nsleep 60\n", "timed out"),
    ],
)
def test_one_that_fails_is_left_out_and_said(start, capfd, text, words):
    began = time.monotonic()
    apply_start_script(start(text), seconds=1)
    assert time.monotonic() - began < 10
    assert "COURSE" not in os.environ
    assert words in capfd.readouterr().err


def test_what_it_leaves_running_is_ended_with_it(start, tmp_path):
    pid = tmp_path / "pid"
    apply_start_script(start(f'#!/bin/sh\nsleep 60 &\necho $! > {pid}\nexport COURSE=1\nexec "$@"\n'))
    assert os.environ["COURSE"] == "1"
    number = int(pid.read_text())
    for _ in range(50):
        if not os.path.exists(f"/proc/{number}") or "Z" in open(f"/proc/{number}/stat").read().split()[2]:
            return
        time.sleep(0.1)
    raise AssertionError("it still runs")
