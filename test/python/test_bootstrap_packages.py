"""bootstrap.sh's part in Python: what is unpacked, and what stays where something goes wrong."""

import base64
import hashlib
import io
import os
import tarfile
from types import SimpleNamespace

import packages
import pytest
from packages import Busy, Package, Staging, unpack_package
from registry import Failure


def archive_of(*members):
    """A tarball of (name, content, mode) or TarInfo."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            name, content, mode = member
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def integrity(content):
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def unpack(content, directory, files="", expected=None, announced=None):
    package = Package("thing", "1.0", expected or integrity(content), "/nowhere", files)
    source = SimpleNamespace(read=io.BytesIO(content).read, headers={"Content-Length": announced} if announced else {})
    return unpack_package(package, source, "http://mirror/thing", str(directory))


def tree(directory):
    return sorted(os.path.relpath(os.path.join(top, name), directory) for top, _, names in os.walk(directory) for name in names)


def test_unpacks_below_npms_folder_with_only_two_modes(tmp_path):
    content = archive_of(("package/bin/node", b"x", 0o4755), ("package/LICENSE", b"MIT", 0o600))
    assert unpack(content, tmp_path) == len(content)
    assert tree(tmp_path) == ["LICENSE", "bin/node"]
    assert (tmp_path / "bin/node").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "LICENSE").stat().st_mode & 0o7777 == 0o644


def test_only_the_files_that_are_wanted(tmp_path):
    content = archive_of(("package/bin/node", b"x", 0o755), ("package/README.md", b"-", 0o644))
    unpack(content, tmp_path, files="bin/node LICENSE")
    assert tree(tmp_path) == ["bin/node"]


@pytest.mark.parametrize("name", ["package/../../evil", "package//etc/evil", "package/a/../../../evil", "evil"])
def test_a_name_that_leaves_the_directory_is_left_out(tmp_path, name):
    unpack(archive_of((name, b"x", 0o644), ("package/good", b"x", 0o644)), tmp_path / "in")
    assert tree(tmp_path) == ["in/good"]


def test_links_and_devices_are_left_out(tmp_path):
    link, device = tarfile.TarInfo("package/link"), tarfile.TarInfo("package/device")
    link.type, link.linkname, device.type = tarfile.SYMTYPE, "/etc/shadow", tarfile.CHRTYPE
    unpack(archive_of(link, device, ("package/link/file", b"x", 0o644)), tmp_path)
    assert tree(tmp_path) == ["link/file"]


def test_another_hash_is_said_with_where_it_came_from(tmp_path):
    with pytest.raises(Failure, match="thing 1.0 from http://mirror/thing isn’t what was released"):
        unpack(archive_of(("package/a", b"x", 0o644)), tmp_path, expected="sha512-other")


def test_bytes_after_the_archive_count_too(tmp_path):
    content = archive_of(("package/a", b"x", 0o644))
    with pytest.raises(Failure, match="isn’t what was released"):
        unpack(content + b"more", tmp_path, expected=integrity(content))


def test_what_is_no_archive_is_judged_by_its_hash_first(tmp_path):
    with pytest.raises(Failure, match="isn’t what was released"):
        unpack(b"<html>Log in to this network</html>", tmp_path, expected="sha512-other")


def test_a_connection_that_ended_early_is_worth_another_try(tmp_path):
    content = archive_of(("package/a", b"x" * 9999, 0o644))
    with pytest.raises(EOFError, match=f"after {len(content) - 9} of {len(content)} bytes"):
        unpack(content[:-9], tmp_path, announced=str(len(content)))


class TestStaging:
    def test_puts_all_directories_and_replaces_what_was_there(self, tmp_path):
        targets = [str(tmp_path / "a/1"), str(tmp_path / "b/2")]
        (tmp_path / "a/1").mkdir(parents=True)
        (tmp_path / "a/1/old").touch()
        with Staging(targets) as staging:
            for directory in staging.directories:
                open(os.path.join(directory, "new"), "w").close()
            staging.put()
        assert tree(tmp_path) == ["a/1/new", "b/2/new"]
        assert (tmp_path / "b/2").stat().st_mode & 0o777 == 0o755

    @pytest.mark.parametrize("error", [Failure, KeyboardInterrupt])
    def test_leaves_nothing_after_an_error(self, tmp_path, error):
        (tmp_path / "a").mkdir()
        with pytest.raises(error), Staging([str(tmp_path / "a/1"), str(tmp_path / "b/c/2")]) as staging:
            open(os.path.join(staging.directories[0], "half"), "w").close()
            raise error
        assert [path.name for path in tmp_path.rglob("*")] == ["a"]

    def test_a_directory_that_others_use_stays(self, tmp_path):
        with pytest.raises(Failure), Staging([str(tmp_path / "a/1")]):
            (tmp_path / "a/theirs").touch()
            raise Failure
        assert tree(tmp_path) == ["a/theirs"]

    def test_one_run_at_a_time(self, tmp_path):
        with Staging([str(tmp_path / "a/1")]), pytest.raises(Busy), Staging([str(tmp_path / "a/1")]):
            pass
        assert Busy.exit_code == 75

    def test_clears_what_a_killed_run_left(self, tmp_path):
        (tmp_path / "a/.new-xyz/deep").mkdir(parents=True)
        (tmp_path / "a/.old-1-77").mkdir()
        with Staging([str(tmp_path / "a/1")]) as staging:
            staging.put()
        assert os.listdir(tmp_path / "a") == ["1"]

    def test_is_on_the_disk_before_it_has_its_name(self, tmp_path, monkeypatch):
        happened = []
        rename = os.rename
        monkeypatch.setattr(packages, "sync", lambda path: happened.append(f"sync {os.path.basename(path)}"))
        monkeypatch.setattr(os, "rename", lambda *paths: (happened.append("rename"), rename(*paths)))
        with Staging([str(tmp_path / "a/1")]) as staging:
            open(os.path.join(staging.directories[0], "file"), "w").close()
            staging.put()
        assert happened == ["sync file", f"sync {os.path.basename(staging.directories[0])}", "rename", "sync a"]
