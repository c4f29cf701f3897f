"""server_start.py run as the unit runs it: a real server on a socket, with a hub that only says which version it is."""

import http.client
import json
import os
import socket
import socketserver
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler

import pytest
from conftest import HUB
from homeroom.memory_watch import SCHEMA

TOKEN = "token-of-this-test"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class HubAnswers(BaseHTTPRequestHandler):
    """As much of the hub's API as a server asks for at its start, and the identity of its token."""

    def do_GET(self):
        person = {"name": "alice", "kind": "user", "scopes": ["access:servers!user=alice"], "admin": False, "groups": []}
        self._answer({"version": "6.1.1"} if self.path.endswith("/api/") or self.path.endswith("/api") else person)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer({})

    def _answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words):
        pass

    def address_string(self):
        return "unix"


class Hub(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A server that is killed at the end of its test may leave a call unfinished."""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Credentials, a notification socket, a hub; gives a function that starts the server and says what it told."""
    for folder in ("credentials", "home", "runtime"):
        (tmp_path / folder).mkdir()
    hub = Hub(str(tmp_path / "hub.sock"), HubAnswers)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(60)
    running = []

    def start(credentials, *interpreter_options):
        (tmp_path / "credentials" / "environment").write_text(credentials)
        process = subprocess.Popen(
            [sys.executable, "-I", "-B", *interpreter_options, str(HUB / "server_start.py"), str(tmp_path / "server.sock"), "--allow-root"],
            cwd=tmp_path / "home",
            env={
                "PATH": f"{os.path.dirname(sys.executable)}:/usr/bin:/bin",
                "HOME": str(tmp_path / "home"),
                "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
                "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials"),
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
                "HOMEROOM_LAZY_TRACE": "1",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process, told.recv(4096).decode()

    yield start, tmp_path
    for process in running:
        process.kill()
        process.communicate()
    hub.shutdown()
    hub.server_close()
    told.close()


def credentials(tmp_path):
    hub = "http+unix://" + str(tmp_path / "hub.sock").replace("/", "%2F")
    environment = {
        "JUPYTERHUB_API_URL": f"{hub}/hub/api",
        "JUPYTERHUB_ACTIVITY_URL": f"{hub}/hub/api/users/alice/activity",
        "JUPYTERHUB_API_TOKEN": TOKEN,
        "JUPYTERHUB_USER": "alice",
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-alice",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_SERVICE_PREFIX": "/user/alice/",
        "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:8888/user/alice/",
        "JUPYTERHUB_SERVER_NAME": "",
        "JUPYTERHUB_OAUTH_SCOPES": json.dumps(["access:servers!user=alice"]),
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(["access:servers!user=alice"]),
        "JUPYTERHUB_OAUTH_CALLBACK_URL": "/user/alice/oauth_callback",
    }
    return json.dumps({"environment": environment, "arguments": ["--allow-root"]})


def post(tmp_path, path, body):
    connection = UnixConnection(str(tmp_path / "server.sock"))
    connection.request("POST", path, json.dumps(body), {"Authorization": f"token {TOKEN}"})
    return connection.getresponse().status


def get(tmp_path, path, token=TOKEN):
    connection = UnixConnection(str(tmp_path / "server.sock"))
    connection.request("GET", path, headers={"Authorization": f"token {token}"} if token else {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_ready_is_said_when_the_socket_answers_and_nothing_more_was_loaded(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path))
    assert told.startswith("READY=1"), (told, process.poll() is not None and process.stderr.read())
    mode = (tmp_path / "server.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    status, body = get(tmp_path, "/user/alice/api/status")
    assert status == 200 and json.loads(body)["kernels"] == 0
    assert get(tmp_path, "/user/alice/lab")[0] == 200
    assert get(tmp_path, "/user/alice/api/status", token=None)[0] == 403
    process.terminate()
    log = process.communicate(timeout=30)[1]
    assert "homeroom: loads" not in log
    assert "Traceback" not in log


def test_jupyterlab_gets_the_extension_and_the_server_takes_the_event_that_it_shows(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path))
    assert told.startswith("READY=1"), process.stderr.read()
    page = get(tmp_path, "/user/alice/lab")[1].decode()
    assert '"load": "static/remoteEntry.js", "name": "homeroom"' in page
    status, script = get(tmp_path, "/user/alice/lab/extensions/homeroom/static/remoteEntry.js")
    assert status == 200 and SCHEMA["$id"].encode() in script
    event = {"schema_id": SCHEMA["$id"], "version": "1", "data": {"message": "no", "advice": "", "ended": 1, "limit": None}}
    assert post(tmp_path, "/user/alice/api/events", event) == 204


def test_without_credentials_it_says_why_and_ends(machine):
    start, _tmp_path = machine
    process, told = start("")
    assert "no credentials" in told and told.startswith("STATUS=")
    assert process.wait(10) == 1
    assert "homeroom: the hub gave it no credentials" in process.stderr.read()


def test_a_broken_environment_says_what_is_missing(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path), "-S")  # no site-packages
    assert process.wait(10) == 1
    assert told.startswith("STATUS=the shared environment cannot start a server: ModuleNotFoundError: No module named")
