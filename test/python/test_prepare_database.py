"""The hub's database is of the installed JupyterHub's revision before it starts, whatever release had it before."""

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import prepare_database as module
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from jupyterhub import orm
from jupyterhub.dbutil import write_alembic_ini
from prepare_database import Unusable, head_of, kept_copy, own_versions, parents_in, prepare_database, revision_of

PARENTS = parents_in(own_versions())
HEAD = head_of(PARENTS)
BEFORE = PARENTS[HEAD]


def make(path, revision=HEAD):
    """A database as the JupyterHub of that revision has it, with one person in it."""
    path.write_bytes(made(revision))
    return path


@cache
def made(revision):
    with TemporaryDirectory() as folder:
        path = f"{folder}/hub.sqlite"
        orm.new_session_factory(f"sqlite:///{path}")().close()
        add(path, "alice")
        if revision != HEAD:
            write_alembic_ini(f"{folder}/alembic.ini", f"sqlite:///{path}")
            command.downgrade(Config(f"{folder}/alembic.ini"), revision)
        return Path(path).read_bytes()


def names(path):
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("SELECT name FROM users ORDER BY name")]


def add(path, name):
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO users (name, cookie_id) VALUES (?, ?)", (name, name))
        database.commit()


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def older_code(tmp_path_factory):
    """The folder of revisions of the JupyterHub before this one."""
    folder = tmp_path_factory.mktemp("versions")
    for file in own_versions().glob("*.py"):
        if not file.name.startswith(HEAD):
            (folder / file.name).write_text(file.read_text())
    return folder


def test_the_head_is_the_one_that_alembic_names():
    assert ScriptDirectory(str(own_versions().parent)).get_heads() == [HEAD]


def test_nothing_is_touched_where_there_is_none_or_it_is_right(tmp_path):
    assert prepare_database(tmp_path / "hub.sqlite") is None
    assert contents(tmp_path) == {}
    make(tmp_path / "hub.sqlite")
    before = contents(tmp_path)
    assert prepare_database(tmp_path / "hub.sqlite") is None
    assert contents(tmp_path) == before


@pytest.mark.parametrize("revision", [BEFORE, PARENTS[BEFORE]])
def test_an_older_one_is_migrated_and_kept(tmp_path, revision):
    path = make(tmp_path / "hub.sqlite", revision)
    assert HEAD in prepare_database(path)
    assert revision_of(path) == HEAD and names(path) == ["alice"]
    assert revision_of(kept_copy(path, revision)) == revision
    assert sorted(contents(tmp_path)) == ["hub.sqlite", f"hub.sqlite.{revision}"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_back_to_the_older_code_the_kept_one_is_in_use_again(tmp_path, older_code):
    path = make(tmp_path / "hub.sqlite", BEFORE)
    prepare_database(path)
    add(path, "came-later")
    assert "as it was kept" in prepare_database(path, older_code)
    assert revision_of(path) == BEFORE and names(path) == ["alice"]
    assert names(kept_copy(path, HEAD)) == ["alice", "came-later"]
    assert prepare_database(path, older_code) is None


def test_forward_once_more_what_is_new_is_migrated(tmp_path, older_code):
    path = make(tmp_path / "hub.sqlite", BEFORE)
    prepare_database(path)
    prepare_database(path, older_code)
    add(path, "bob")
    prepare_database(path)
    assert revision_of(path) == HEAD and names(path) == ["alice", "bob"]
    prepare_database(path, older_code)
    assert names(path) == ["alice", "bob"]


def test_a_newer_one_without_a_kept_copy_is_named_and_left(tmp_path, older_code):
    path = make(tmp_path / "hub.sqlite")
    before = contents(tmp_path)
    with pytest.raises(Unusable, match=f"revision {HEAD}; this one reads {BEFORE}"):
        prepare_database(path, older_code)
    assert contents(tmp_path) == before


def test_what_a_killed_hub_left_in_its_journal_is_neither_lost_nor_believed(tmp_path):
    path = make(tmp_path / "hub.sqlite", BEFORE)
    if not (pid := os.fork()):
        database = sqlite3.connect(path)
        database.execute("PRAGMA cache_size=1")
        database.execute("INSERT INTO users (name, cookie_id) VALUES ('half', 'half')")
        for number in range(2000):
            database.execute("INSERT INTO users (name, cookie_id) VALUES (?, ?)", (f"half-{number}", str(number)))
        os._exit(9)
    os.waitpid(pid, 0)
    assert (tmp_path / "hub.sqlite-journal").stat().st_size > 0
    prepare_database(path)
    assert names(path) == ["alice"]
    assert not (tmp_path / "hub.sqlite-journal").exists()


class Killed(BaseException):
    """The power is gone."""


@pytest.mark.parametrize("direction", ["forward", "back"])
def test_killed_at_any_change_of_a_name_the_next_start_ends_well(tmp_path, older_code, monkeypatch, direction):
    real, moves = os.rename, []
    versions, wanted = (None, HEAD) if direction == "forward" else (older_code, BEFORE)
    for fatal in range(10):
        folder = tmp_path / str(fatal)
        folder.mkdir()
        path = make(folder / "hub.sqlite", BEFORE)
        if direction == "back":
            prepare_database(path)
            add(path, "came-later")
        moves.clear()

        def rename(source, target, fatal=fatal):
            moves.append(target)
            if len(moves) == fatal + 1:
                raise Killed
            real(source, target)

        monkeypatch.setattr(module.os, "rename", rename)
        try:
            prepare_database(path, versions)
        except Killed:
            assert revision_of(path) in (BEFORE, HEAD)
            prepare_database(path, versions)
        assert revision_of(path) == wanted
        assert names(path) == ["alice"]
        monkeypatch.setattr(module.os, "rename", real)
        if len(moves) <= fatal:
            assert fatal == 2
            return
    pytest.fail("it never ran through")


def test_a_migration_that_fails_leaves_the_old_one_in_use(tmp_path, monkeypatch):
    path = make(tmp_path / "hub.sqlite", BEFORE)
    before = path.read_bytes()

    monkeypatch.setattr(module, "run", lambda *_, **__: None)
    with pytest.raises(Unusable, match=f"could not be migrated to {HEAD}"):
        prepare_database(path)
    assert path.read_bytes() == before
    monkeypatch.undo()
    prepare_database(path)
    assert names(path) == ["alice"]


def test_copies_of_long_gone_releases_go(tmp_path):
    path = make(tmp_path / "hub.sqlite", BEFORE)
    for number in range(5):
        old = kept_copy(path, f"old{number}")
        old.write_text("")
        os.utime(old, (number, number))
    prepare_database(path)
    assert sorted(contents(tmp_path)) == ["hub.sqlite", f"hub.sqlite.{BEFORE}", "hub.sqlite.old3", "hub.sqlite.old4"]
