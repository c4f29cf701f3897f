"""As much of a hub as one server asks for at its start, on a unix socket: for checks without a hub."""

import contextlib
import http.client
import json
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler


@contextlib.contextmanager
def stand_in_hub(path, version):
    """Answers at `path` while it stands; whoever comes with a token is alice."""
    hub = Hub(path, HubAnswers)
    hub.version = version
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        hub.shutdown()
        hub.server_close()


class Hub(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A server that is ended may leave a call unfinished."""


class HubAnswers(BaseHTTPRequestHandler):
    def do_GET(self):
        person = {"name": "alice", "kind": "user", "scopes": ["access:servers!user=alice"], "admin": False, "groups": []}
        self._answer({"version": self.server.version} if self.path.rstrip("/").endswith("/api") else person)

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


def environment_of_alice(hub_socket, token):
    """What the hub gives the server of alice, for a hub at this path."""
    hub = "http+unix://" + str(hub_socket).replace("/", "%2F")
    return {
        "JUPYTERHUB_API_URL": f"{hub}/hub/api",
        "JUPYTERHUB_ACTIVITY_URL": f"{hub}/hub/api/users/alice/activity",
        "JUPYTERHUB_API_TOKEN": token,
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


class UnixConnection(http.client.HTTPConnection):
    """A connection to a server that listens on a unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=120)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
