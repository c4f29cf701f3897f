"""Snapshots of the shared environment, on small environments made by hand."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "templates" / "environment"
sys.path.append(str(SCRIPTS))

import store as store_module  # noqa: E402
from lay_copies import lay  # noqa: E402
from rights import open_up  # noqa: E402
from locks import read_lock, write_lock  # noqa: E402
from snapshot import take  # noqa: E402
from store import Store  # noqa: E402

SITE = "lib/python3.11/site-packages"
HASH = "sha256:" + "0" * 64


class Environment:
    """A venv as far as snapshots look at it."""

    def __init__(self, root):
        self.root = root
        self.write("pyvenv.cfg", "home = /usr/bin\n")
        self.write("bin/python", "")

    def write(self, path, text, mode=0o664):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    def install(self, name, version, files, direct=None):
        """Lays a package as pip does, with its RECORD."""
        dist = f"{SITE}/{name}-{version}.dist-info"
        self.write(f"{dist}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nLong text: x\n")
        rows = [f"{name}-{version}.dist-info/METADATA,{digest(self.root / dist / 'METADATA')},1"]
        for path, text in files.items():
            self.write(f"{SITE}/{path}", text)
            rows.append(f"{path},{digest(self.root / SITE / path)},{len(text)}")
        if direct:
            self.write(f"{dist}/direct_url.json", json.dumps({"url": direct}))
            rows.append(f"{name}-{version}.dist-info/direct_url.json,,")
        rows.append(f"{name}-{version}.dist-info/RECORD,,")
        self.write(f"{dist}/RECORD", "\n".join(rows) + "\n")


def digest(file):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()


@pytest.fixture
def environment(tmp_path):
    made = Environment(tmp_path / "environments" / "one")
    made.install("numpy", "2.0", {"numpy/__init__.py": "version = 2\n"})
    return made


@pytest.fixture
def snap(tmp_path, environment):
    """Takes a snapshot; an index that nobody reaches knows only what a lock of ours says."""
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "one.txt").write_text(f"numpy==2.0 \\\n    --hash={HASH}\n")
    (tmp_path / "snapshots").mkdir()
    link = tmp_path / "environment"
    link.symlink_to(environment.root)
    store = Store(str(tmp_path / "snapshots"))

    def snap(**words):
        return take(store, str(link), str(tmp_path / "locks"), "/bin/false", **words)

    snap.store, snap.link = store, link
    return snap


def copied(snapshot):
    return [copy[0] for copy in snapshot["copies"]]


def test_what_an_index_gives_is_a_line_of_the_lock_and_no_copy(snap):
    snapshot = snap()
    assert snapshot["packages"] == [{"name": "numpy", "version": "2.0", "needs": []}]
    assert snapshot["lock"] == f"numpy==2.0 \\\n    --hash={HASH}\n"
    assert snapshot["copies"] == [] and snapshot["omitted"] == [] and snapshot["damaged"] == []


def test_needs_are_read_with_their_extras(snap, environment):
    environment.write(f"{SITE}/a-1.dist-info/METADATA", """Name: A_b
Version: 1
License: So: many words
        
        of it
Requires-Dist: numpy>=2; python_version < "4"
Requires-Dist: Fonttools[woff, Lxml] (>=4) ; extra == "plots"
""")
    needs = {package["name"]: package["needs"] for package in snap()["packages"]}
    assert needs["a-b"] == [["numpy", [], None], ["fonttools", ["woff", "lxml"], "plots"]]


def test_nothing_new_is_no_new_snapshot(snap, environment):
    first = snap()
    environment.write(f"{SITE}/numpy/__pycache__/x.cpython-311.pyc", "byte code")
    assert snap()["id"] == first["id"]
    assert snap.store.ids() == [first["id"]]


def test_what_no_index_gives_is_copied_once(snap, environment):
    environment.install("homework", "1", {"homework.py": "answer = 42\n"}, direct="file:///home/jupyter-teacher/homework")
    environment.install("unknown", "1", {"unknown.py": "x = 1\n"})
    environment.write(f"{SITE}/by_hand.py", "answer = 42\n")
    (environment.root / "share").mkdir()
    (environment.root / "share" / "data").symlink_to("/srv/data")
    snapshot = snap()
    assert {f"{SITE}/homework.py", f"{SITE}/unknown.py", f"{SITE}/by_hand.py", "share/data"} <= set(copied(snapshot))
    assert f"{SITE}/numpy/__init__.py" not in copied(snapshot)
    by_name = {package["name"]: package for package in snapshot["packages"]}
    assert by_name["homework"]["direct"] == "file:///home/jupyter-teacher/homework" and by_name["homework"]["copied"]
    assert by_name["unknown"]["copied"] and "copied" not in by_name["numpy"]
    objects = [file for file in (Path(snap.store.folder) / "objects").rglob("*") if file.is_file()]
    assert len([file for file in objects if file.read_text() == "answer = 42\n"]) == 1


def test_a_file_edited_in_place_is_copied_and_a_missing_one_named(snap, environment):
    snap()
    environment.write(f"{SITE}/numpy/__init__.py", "version = 3\n")
    assert copied(snap()) == [f"{SITE}/numpy/__init__.py"]
    (environment.root / SITE / "numpy" / "__init__.py").unlink()
    assert snap()["damaged"] == ["numpy"]


def test_links_and_pipes_of_an_admin_make_it_read_nothing_else(snap, environment, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (environment.root / SITE / "taken.py").symlink_to(secret)
    os.mkfifo(environment.root / SITE / "pipe")
    (environment.root / "linked").symlink_to(tmp_path)
    (environment.root / SITE / "evil-1.dist-info").mkdir()
    (environment.root / SITE / "evil-1.dist-info" / "METADATA").symlink_to(secret)
    environment.write(f"{SITE}/odd-1.dist-info/METADATA", "Name: --index-url\nVersion: 1\n")
    snapshot = snap()
    assert [package["name"] for package in snapshot["packages"]] == ["numpy"]
    contents = [file.read_text() for file in (Path(snap.store.folder) / "objects").rglob("*") if file.is_file()]
    assert "secret" not in contents
    assert not any("/secret" in path for path in copied(snapshot))


def test_the_history_says_who(snap, environment):
    assert snap(who="teacher", what="env add numpy")["what"] == "env add numpy"
    environment.write(f"{SITE}/by_hand.py", "x = 1\n")
    by_hand = snap()
    assert by_hand["who"] == ["root"] and by_hand["what"] is None


def test_a_large_store_drops_the_oldest_and_what_only_they_name(snap, environment, monkeypatch):
    monkeypatch.setattr(store_module, "FEWEST", 2)
    monkeypatch.setattr(store_module, "LARGEST_STORE", 100)
    ids = []
    for number in range(4):
        environment.write(f"{SITE}/data.bin", str(number) * 60)
        ids.append(snap()["id"])
    assert snap.store.ids() == ids[-2:]
    objects = [file.read_text() for file in (Path(snap.store.folder) / "objects").rglob("*") if file.is_file()]
    assert sorted(objects) == ["2" * 60, "3" * 60]


def test_a_full_disk_leaves_copies_out_and_says_so(snap, environment, monkeypatch):
    monkeypatch.setattr(store_module, "SPARE", 1.1)
    environment.write(f"{SITE}/by_hand.py", "x = 1\n")
    snapshot = snap()
    assert snapshot["omitted"] == [f"{SITE}/by_hand.py"] and copied(snapshot) == []


def test_copies_come_back_under_another_path_and_python(snap, environment, tmp_path):
    environment.write("bin/greet", f"#!{environment.root}/bin/python\nprint('hi')\n", 0o775)
    environment.write(f"{SITE}/by_hand.py", "answer = 42\n")
    environment.write(f"{SITE}/fast.cpython-311-x86_64-linux-gnu.so", "ELF")
    snapshot = snap()
    fresh = Environment(tmp_path / "environments" / "two")
    fresh.write("lib/python3.13/site-packages/pip.py", "")
    lost = lay(snap.store, snapshot, str(fresh.root))
    assert lost == ["lib/python3.13/site-packages/fast.cpython-311-x86_64-linux-gnu.so"]
    assert (fresh.root / "bin/greet").read_text() == f"#!{fresh.root}/bin/python\nprint('hi')\n"
    assert (fresh.root / "bin/greet").stat().st_mode & 0o777 == 0o775
    assert (fresh.root / "lib/python3.13/site-packages/by_hand.py").read_text() == "answer = 42\n"


def test_a_damaged_snapshot_lays_nothing_outside(snap, environment, tmp_path):
    snapshot = {**snap(), "copies": [["../../outside", None, 0, 0o777, "/etc"], ["/tmp/x", None, 0, 0o777, "/etc"]]}
    fresh = Environment(tmp_path / "environments" / "two")
    lay(snap.store, snapshot, str(fresh.root))
    assert not os.path.lexists(tmp_path / "outside")


def test_locks_are_read_and_written_as_uv_does():
    text = f"a==1 \\\n    --hash={HASH} \\\n    --hash=sha256:{'1' * 64}\nB_c==2 ; python_version < '3' \\\n    --hash={HASH}\nwithout==1\n"
    lock = read_lock(text)
    assert lock == {("a", "1"): [HASH, "sha256:" + "1" * 64], ("b-c", "2"): [HASH]}
    assert read_lock(write_lock(lock)) == lock


def test_a_burst_of_writes_is_one_snapshot_soon_after_it(snap, environment, tmp_path):
    script = (SCRIPTS / "watch.py").read_text().replace("SETTLE = 8", "SETTLE = 0.5").replace("FLIPPED = 10", "FLIPPED = 0.1").replace("OPENED = 2", "OPENED = 0.1")
    folder = tmp_path / "scripts"
    folder.mkdir()
    for file in SCRIPTS.glob("*.py"):
        (folder / file.name).write_text(script if file.name == "watch.py" else file.read_text())
    arguments = [str(tmp_path / "changed"), snap.store.folder, str(snap.link), str(tmp_path / "locks"), "/bin/false"]
    watcher = subprocess.Popen([sys.executable, "-I", "-S", str(folder / "watch.py"), *arguments])
    try:
        wait_for(lambda: len(snap.store.ids()) == 1)
        time.sleep(1)
        for number in range(5):
            environment.write(f"{SITE}/new/part{number}/data.py", f"x = {number}\n")
            time.sleep(0.1)
        wait_for(lambda: len(snap.store.ids()) == 2)
        assert len(copied(snap.store.latest())) == 5
        environment.write(f"{SITE}/new/part0/data.py", "x = 'edited in place'\n")
        wait_for(lambda: len(snap.store.ids()) == 3)
        other = Environment(tmp_path / "environments" / "two")
        other.install("numpy", "2.0", {"numpy/__init__.py": "version = 2\n"})
        fresh = tmp_path / "fresh"
        fresh.symlink_to(other.root)
        fresh.rename(snap.link)
        wait_for(lambda: snap.store.latest()["environment"] == str(other.root))
    finally:
        watcher.kill()
        watcher.wait()


def test_what_an_admin_laid_there_is_opened_and_nothing_else(environment, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("secret")
    outside.chmod(0o600)
    closed = environment.write(f"{SITE}/new/closed.py", "x = 1\n", 0o600)
    closed.parent.chmod(0o700)
    program = environment.write("bin/greet", "#!/bin/sh\n", 0o4700)
    (environment.root / "link").symlink_to(outside)
    linked = environment.write(f"{SITE}/linked.py", "", 0o600)
    os.link(linked, tmp_path / "other-name")
    gid = os.getgid()
    assert open_up(str(environment.root), gid) > 0
    mode = lambda file: file.lstat().st_mode & 0o7777  # noqa: E731
    assert (mode(closed), mode(closed.parent), mode(program)) == (0o664, 0o2775, 0o775)
    assert (mode(outside), mode(linked)) == (0o600, 0o600)
    assert open_up(str(environment.root), gid) == 0


def wait_for(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.1)


class CondaEnvironment(Environment):
    """One of conda's packages, as far as snapshots look at it."""

    def link(self, name, version, files, channel="https://conda.example.org/school/", url=None, depends=()):
        """Lays a package as conda does, with its file in conda-meta."""
        paths = []
        for path, text in files.items():
            self.write(path, text)
            paths.append({"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(text.encode()).hexdigest()})
        self.write(
            f"conda-meta/{name}-{version}-0.json",
            json.dumps(
                {
                    "name": name,
                    "version": version,
                    "build": "0",
                    "build_number": 0,
                    "subdir": "noarch",
                    "url": url or f"{channel}noarch/{name}-{version}-0.conda",
                    "channel": channel,
                    "sha256": "ab" * 32,
                    "depends": list(depends),
                    "requested_specs": [name],
                    "paths_data": {"paths": paths},
                }
            ),
        )

    def link_python(self, name, version):
        dist = f"{SITE}/{name}-{version}.dist-info"
        self.link(
            name,
            version,
            {
                f"{SITE}/{name}.py": "x = 1\n",
                f"{dist}/METADATA": f"Name: {name}\nVersion: {version}\n\n",
                f"{dist}/RECORD": f"{name}.py,,\n",
            },
        )


@pytest.fixture
def conda(tmp_path):
    environment = CondaEnvironment(tmp_path / "conda")
    environment.link("python", "3.11.2", {"bin/python": ""})
    environment.link_python("sundial", "1.0")
    environment.link("almanac", "4.2", {"share/almanac/days": "365\n"}, depends=["python >=3.8"])
    return environment


def snapshot_of(environment, tmp_path):
    locks = tmp_path / "no-locks"
    locks.mkdir(exist_ok=True)
    return take(Store(str(tmp_path / "snapshots-of-conda")), str(environment.root), str(locks), "/bin/false")


def test_packages_of_conda_are_locked_by_address_and_hash_and_nothing_of_them_is_copied(conda, tmp_path):
    snapshot = snapshot_of(conda, tmp_path)
    assert [(p["name"], p["version"], p["provides"]) for p in snapshot["packages"]] == [
        ("almanac", "4.2", []),
        ("python", "3.11.2", []),
        ("sundial", "1.0", ["sundial"]),
    ]
    lines = [json.loads(line) for line in snapshot["lock"].splitlines()]
    assert [(line["name"], line["sha256"]) for line in lines] == [(name, "ab" * 32) for name in ("almanac", "python", "sundial")]
    assert lines[0]["url"] == "https://conda.example.org/school/noarch/almanac-4.2-0.conda"
    assert (snapshot["copies"], snapshot["omitted"], snapshot["damaged"]) == ([], [], [])


def test_what_is_missing_or_changed_of_them_is_seen(conda, tmp_path):
    (conda.root / "share/almanac/days").unlink()
    conda.write(f"{SITE}/sundial.py", "x = 2\n")
    snapshot = snapshot_of(conda, tmp_path)
    assert snapshot["damaged"] == ["almanac"]
    assert [copy[0] for copy in snapshot["copies"]] == [f"{SITE}/sundial.py"]


def test_a_package_from_a_file_of_somebodys_own_is_copied(conda, tmp_path):
    conda.link("homework", "1", {"share/homework": "42\n"}, channel="", url="file:///home/jupyter-teacher/homework-1-0.conda")
    snapshot = snapshot_of(conda, tmp_path)
    (homework,) = [p for p in snapshot["packages"] if p["name"] == "homework"]
    assert homework["copied"] and homework["direct"].startswith("file:///home/")
    assert [copy[0] for copy in snapshot["copies"]] == ["share/homework"]
    assert "homework" not in snapshot["lock"]


def test_a_version_that_pip_put_over_one_of_condas_counts(conda, tmp_path):
    for path in (f"{SITE}/sundial.py", f"{SITE}/sundial-1.0.dist-info/METADATA", f"{SITE}/sundial-1.0.dist-info/RECORD"):
        (conda.root / path).unlink()
    conda.install("sundial", "2.0", {"sundial.py": "x = 3\n"})
    snapshot = snapshot_of(conda, tmp_path)
    assert [(p["version"], "channel" in p) for p in snapshot["packages"] if p["name"] == "sundial"] == [("2.0", False)]
    assert snapshot["damaged"] == []


def test_what_no_channel_would_write_is_left_out(conda, tmp_path):
    conda.write("conda-meta/evil-1-0.json", json.dumps({"name": "evil\n==1", "version": "1", "build": "0", "url": "https://x/y", "sha256": "ab" * 32}))
    conda.write("conda-meta/odd-1-0.json", json.dumps({"name": "odd", "version": "1", "build": "0", "url": "ftp://x/y", "sha256": "ab" * 32}))
    conda.write("conda-meta/torn-1-0.json", "{")
    assert [p["name"] for p in snapshot_of(conda, tmp_path)["packages"]] == ["almanac", "python", "sundial"]
