"""Bundles: what is written is taken in whole, and nothing that its maker could have tampered with."""

import hashlib
import io
import json
import platform
import sys
import tarfile
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "templates" / "environment"))

import bundle  # noqa: E402
from open_bundle import NotABundle, take_in  # noqa: E402
from store import Store  # noqa: E402
from tree import hash_of  # noqa: E402

HASH = "sha256:" + "1" * 64
HERE = platform.machine()


@pytest.fixture
def made(tmp_path):
    """A bundle's bytes, with one wheel and one copy."""
    store = Store(str(tmp_path / "there"))
    note = tmp_path / "note.py"
    note.write_text("answer = 42\n")
    name = hash_of(note)
    with store.locked():
        store.keep(note, name, 12)
        snapshot = store.add(
            {
                "environment": "/opt/homeroom/environments/abc",
                "who": ["ada"],
                "what": None,
                "python": "3.11",
                "packages": [{"name": "toolz", "version": "1.0", "needs": [["numpy", [], None]]}],
                "lock": f"toolz==1.0 \\\n    --hash={HASH}\n",
                "copies": [["lib/python3.11/site-packages/note.py", name, 12, 0o664, None], ["bin/link", None, 0, 0o777, "note.py"]],
                "omitted": [],
                "damaged": [],
            }
        )
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "toolz-1.0-py3-none-any.whl").write_bytes(b"a wheel")
    out = io.BytesIO()
    bundle.write(store, snapshot["id"], str(wheels), out)
    return out.getvalue()


@pytest.fixture
def store(tmp_path):
    here = Store(str(tmp_path / "here"))
    with here.locked():
        here.add({"environment": "/opt/homeroom/environments/old", "copies": [], "packages": [], "lock": ""})
    return here


def take(store, content, architecture=HERE, python="3.11"):
    return take_in(store, io.BytesIO(content), architecture, python)


def members(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return [(member, archive.extractfile(member).read()) for member in archive]


def pack(parts):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, content in parts:
            if member.isreg():
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def with_manifest(content, change):
    (first, text), *rest = members(content)
    manifest = json.loads(text)
    change(manifest)
    return pack([(first, json.dumps(manifest).encode()), *rest])


def test_what_was_written_is_taken_in_as_a_snapshot_beside_the_one_in_use(store, made):
    latest = store.latest()["id"]
    id = take(store, made)
    assert store.latest()["id"] == latest
    taken = store.read(id)
    assert taken["lock"] == f"toolz==1.0 \\\n    --hash={HASH}\n"
    assert taken["what"].startswith("bundle of ")
    assert [copy[0] for copy in taken["copies"]] == ["lib/python3.11/site-packages/note.py", "bin/link"]
    assert Path(store.object_path(taken["copies"][0][1])).read_text() == "answer = 42\n"
    assert [path.name for path in Path(store.folder, f"wheels-{id}").iterdir()] == ["toolz-1.0-py3-none-any.whl"]


@pytest.mark.parametrize(
    "here, words", [({"architecture": "riscv"}, "another processor: .*riscv"), ({"python": "3.13"}, "another Python: 3.11, and here is 3.13")]
)
def test_one_of_another_machine_is_refused(store, made, here, words):
    refused(store, made, words, **here)


def test_a_damaged_or_shortened_one_is_refused(store, made):
    refused(store, made.replace(b"a wheel", b"b wheel"), "damaged: its hash differs")
    (manifest, text), wheel, copy = members(made)
    refused(store, pack([(manifest, text), wheel]), "cut short: objects/.* is missing")
    refused(store, pack([wheel, copy]), "no bundle of an environment")
    refused(store, b"", "")
    for length in range(1, len(made.rstrip(b"\0")), 997):
        refused(store, made[:length], "")


def evil(name, content=b"x", kind=tarfile.REGTYPE, target=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, content


@pytest.mark.parametrize(
    "member",
    [
        evil("../../escaped"),
        evil("/tmp/escaped"),
        evil("wheels/extra-1.0-py3-none-any.whl"),
        evil("wheels/toolz-1.0-py3-none-any.whl", kind=tarfile.SYMTYPE, target="/etc/passwd"),
        evil("wheels/toolz-1.0-py3-none-any.whl", kind=tarfile.LNKTYPE, target="manifest.json"),
        evil("wheels/toolz-1.0-py3-none-any.whl", kind=tarfile.FIFOTYPE),
        evil("wheels/toolz-1.0-py3-none-any.whl", b"another size"),
    ],
)
def test_members_that_the_manifest_does_not_name_so_are_refused(store, made, member):
    (manifest, text), _, copy = members(made)
    refused(store, pack([(manifest, text), member, copy]), "is not what its manifest says")


def test_the_same_member_twice_is_refused(store, made):
    (manifest, text), wheel, copy = members(made)
    refused(store, pack([(manifest, text), wheel, wheel, copy]), "is not what its manifest says")


@pytest.mark.parametrize("name", ["../x", "wheels/../../x.whl", "objects/short", "wheels/a b.whl", "manifest.json", "wheels/.hidden.whl"])
def test_a_manifest_that_names_odd_files_is_refused(store, made, name):
    refused(store, with_manifest(made, lambda it: it["files"].update({name: {"size": 1, "sha256": "0"}})), "no bundle of an environment")


@pytest.mark.parametrize(
    "change",
    [
        {"copies": [["../../etc/cron.d/x", None, 0, 0o777, "x"]]},
        {"copies": [["/etc/x", None, 0, 0o777, "x"]]},
        {"environment": "/etc"},
        {"packages": [{"name": "--index-url", "version": "1", "needs": []}]},
        {"packages": "none"},
        {"lock": 3},
    ],
)
def test_a_snapshot_that_says_what_none_may_is_refused(store, made, change):
    refused(store, with_manifest(made, lambda it: it["snapshot"].update(change)), "its manifest is damaged")


def test_a_lock_holds_versions_with_hashes_alone(store, made):
    lock = f"--index-url https://evil.example\n-r /etc/passwd\ntoolz==1.0 --hash={HASH} --global-option=x\nwithout==1\n"
    id = take(store, with_manifest(made, lambda it: it["snapshot"].update(lock=lock)))
    assert store.read(id)["lock"] == f"toolz==1.0 \\\n    --hash={HASH}\n"


def test_a_copy_is_what_its_name_says(store, made):
    (manifest, text), wheel, (copy, content) = members(made)
    other = content.replace(b"42", b"43")
    told = json.loads(text)
    told["files"][copy.name]["sha256"] = hashlib.sha256(other).hexdigest()
    refused(store, pack([(manifest, json.dumps(told).encode()), wheel, (copy, other)]), "is not what its name says")


def refused(store, content, words, **here):
    before = sorted(path for path in Path(store.folder).rglob("*") if "objects" not in path.parts)
    with pytest.raises((NotABundle, tarfile.TarError, EOFError), match=words):
        take(store, content, **here)
    assert sorted(path for path in Path(store.folder).rglob("*") if "objects" not in path.parts) == before
