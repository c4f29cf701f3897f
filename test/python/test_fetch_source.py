import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "templates" / "environment"))

import fetch_source  # noqa: E402
from fetch_source import Refused, fetch  # noqa: E402


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    return str(tmp_path / "store")


@pytest.fixture
def course(tmp_path):
    return write(tmp_path / "course", {"requirements.txt": "six\n", "binder/apt.txt": "tree\n", "deep/er/more.txt": "idna\n", "lesson.ipynb": "{}"})


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def at(path):
    return {"kind": "path", "address": str(path)}


def git(folder, *arguments):
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", "-C", str(folder), *settings, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(course):
    git(course, "init", "--quiet")
    git(course, "add", ".")
    git(course, "commit", "--quiet", "-m", "first")
    return course


def tree(store, found):
    return Path(store, found["key"], "tree")


def test_a_folder_is_copied_and_read(store, course):
    found = fetch(store, at(course))
    assert found["commit"] is None
    assert found["names"] == ["binder/", "deep/", "lesson.ipynb", "requirements.txt", "binder/apt.txt"]
    assert found["texts"] == {"requirements.txt": "six\n", "binder/apt.txt": "tree\n", "deep/er/more.txt": "idna\n"}
    assert (tree(store, found) / "lesson.ipynb").read_text() == "{}"
    assert [name for name in os.listdir(store) if name.startswith("fetch-")] == []


def test_the_same_content_has_the_same_key_however_it_comes(store, course, tmp_path):
    key = fetch(store, at(course))["key"]
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(course, "course-main")
    subprocess.run(["python3", "-m", "zipfile", "-c", str(tmp_path / "a.zip"), f"{course}/"], check=True)
    assert fetch(store, at(tmp_path / "a.tar.gz"))["key"] == key
    assert fetch(store, at(tmp_path / "a.zip"))["key"] == key
    (course / "lesson.ipynb").write_text("{ }")
    assert fetch(store, at(course))["key"] != key


def test_links_that_lead_out_are_left_out(store, course):
    (course / "inside.txt").symlink_to("requirements.txt")
    (course / "outside.txt").symlink_to("/etc/passwd")
    (course / "apt.txt").symlink_to("../../../../etc/hostname")
    (course / "postBuild").symlink_to("/bin/sh")
    found = fetch(store, at(course))
    assert "inside.txt" in found["texts"]
    assert not {"outside.txt", "apt.txt", "postBuild"} & set(found["names"])
    assert not (tree(store, found) / "postBuild").is_symlink()


def test_what_is_no_file_is_left_out(store, course):
    os.mkfifo(course / "pipe")
    assert "pipe" not in fetch(store, at(course))["names"]


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/evil.txt", "a/../../evil.txt"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_an_archive_with_names_that_lead_out_is_refused(store, tmp_path, name, kind):
    path = tmp_path / f"evil.{kind}"
    if kind == "tar":
        with tarfile.open(path, "w") as archive:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")
    with pytest.raises(Refused, match="leads out of it"):
        fetch(store, at(path))
    assert not Path("/tmp/evil.txt").exists() and not (tmp_path / "evil.txt").exists()


def test_an_archive_does_not_write_through_its_own_links(store, tmp_path):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("way")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("way/evil.txt"), io.BytesIO())
        hard = tarfile.TarInfo("hard")
        hard.type, hard.linkname = tarfile.LNKTYPE, "/etc/passwd"
        archive.addfile(hard)
    found = fetch(store, at(path))
    assert not (tmp_path / "evil.txt").exists()
    assert not (tree(store, found) / "hard").exists()


def test_an_archive_that_unpacks_to_too_much_is_refused(store, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch_source, "LARGEST_TREE", 2 * 1024**2)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20 * 1024**2))
    with pytest.raises(Refused, match="holds more than"):
        fetch(store, at(tmp_path / "bomb.zip"))
    assert os.listdir(store) == []


def test_an_archive_of_too_many_files_is_refused(store, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch_source, "MOST_FILES", 10)
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(11):
            archive.writestr(str(number), "")
    with pytest.raises(Refused, match="more than 10 files"):
        fetch(store, at(tmp_path / "many.zip"))


def test_damaged_archives_are_refused(store, course, tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(course, "course")
    whole = (tmp_path / "a.tar.gz").read_bytes()
    for name, content in {"cut.tar.gz": whole[: len(whole) // 2], "none.zip": b"<html>no</html>", "empty.tar": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused, match="damaged"):
            fetch(store, at(tmp_path / name))


def test_a_bare_repository_is_cloned(store, repository, tmp_path):
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "course.git")
    found = fetch(store, at(tmp_path / "course.git"))
    assert found["commit"] == git(repository, "rev-parse", "HEAD")
    assert found["texts"]["requirements.txt"] == "six\n"


def test_a_branch_a_tag_and_a_commit_can_be_named(store, repository):
    first = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "v1")
    git(repository, "checkout", "--quiet", "-b", "next")
    write(repository, {"requirements.txt": "idna\n"})
    git(repository, "commit", "--quiet", "-am", "second")
    second = git(repository, "rev-parse", "HEAD")
    write(repository, {"requirements.txt": "attrs\n"})
    git(repository, "commit", "--quiet", "-am", "third")
    address = f"file://{repository}"
    for ref, commit in {"v1": first, "next": git(repository, "rev-parse", "next"), first: first, second[:12]: second}.items():
        assert fetch(store, {"kind": "git", "address": address, "ref": ref})["commit"] == commit
    with pytest.raises(Refused, match="no branch, tag or commit nowhere"):
        fetch(store, {"kind": "git", "address": address, "ref": "nowhere"})


def test_submodules_come_too_and_hooks_do_not_run(store, repository, tmp_path):
    part = write(tmp_path / "part", {"requirements.txt": "idna\n"})
    git(part, "init", "--quiet")
    git(part, "add", ".")
    git(part, "commit", "--quiet", "-m", "part")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f"file://{part}", "part")
    git(repository, "commit", "--quiet", "-m", "with a part")
    assert fetch(store, {"kind": "git", "address": f"file://{repository}"})["texts"]["part/requirements.txt"] == "idna\n"


@pytest.mark.parametrize(
    ("address", "words"),
    [("file:///no/such/course", "git says"), ("http://127.0.0.1:9/course", "git says"), ("ext::sh -c touch% /tmp/evil", "git says")],
)
def test_a_repository_that_cannot_be_had_is_refused(store, address, words):
    with pytest.raises(Refused, match=words):
        fetch(store, {"kind": "git", "address": address})
    assert os.listdir(store) == []


def test_a_repository_whose_links_lead_out_loses_them(store, repository):
    (repository / "apt.txt").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "link")
    found = fetch(store, {"kind": "git", "address": f"file://{repository}"})
    assert "apt.txt" not in found["texts"] and not (tree(store, found) / "apt.txt").is_symlink()


@pytest.fixture
def web():
    """Pages by path; a page may ask for a password, or break off."""
    pages, seen = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers.get("Authorization")))
            status, content, length = pages.get(self.path, (404, b"", 0))
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages, seen
    server.shutdown()


def test_an_archive_comes_by_http_with_a_password(store, course, tmp_path, web):
    url, pages, seen = web
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("course-main/requirements.txt", "six\n")
    content = (tmp_path / "c.zip").read_bytes()
    pages["/c.zip"] = (200, content, len(content))
    found = fetch(store, {"kind": "archive", "address": f"{url}/c.zip", "credentials": "me:secret"})
    assert found["texts"] == {"requirements.txt": "six\n"}
    assert seen == [("/c.zip", "Basic bWU6c2VjcmV0")]
    pages["/cut.zip"] = (200, content[:50], len(content))
    with pytest.raises((Refused, OSError)):
        fetch(store, {"kind": "archive", "address": f"{url}/cut.zip"})
    with pytest.raises(Refused, match="404"):
        fetch(store, {"kind": "archive", "address": f"{url}/none.zip"})
    with pytest.raises(Refused, match="cannot be reached"):
        fetch(store, {"kind": "archive", "address": "http://127.0.0.1:9/c.zip"})


def test_as_a_program_it_says_on_one_line_what_is_wrong(store):
    script = fetch_source.__file__
    done = subprocess.run([sys.executable, "-I", "-S", script, store], input=json.dumps(at("/no/such")), capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == ["there is no /no/such, or it lies in a folder that homeroom-env may not look into"]
