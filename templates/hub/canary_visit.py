"""Logs in, starts a notebook server, computes in it and stops it, as a browser does: run by root's `homeroom`, as the canary.

Takes {"door", "name", "secret", "compute", "seconds"} on standard input, so that no list of processes shows the secret,
and prints {"reached": [[step, seconds], …], "failed": step or null, "why": words, "full": whether the class is full}.
"""

import asyncio
import http.cookiejar
import json
import re
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

PAUSE_SECONDS = 0.25
ANSWER_SECONDS = 30
CODE, RESULT = "print(6 * 7)", "42"


class Failed(Exception):
    """What a step came to instead; `full`: the hub had no room for one more server, which is an answer too."""

    def __init__(self, words, full=False):
        super().__init__(words)
        self.full = full


def main():
    asked = json.load(sys.stdin)
    visit = Visit(asked["door"], asked["name"], asked["secret"], asked["seconds"])
    steps = [("login", visit.log_in), ("server", visit.start_server)]
    if asked["compute"]:
        steps.append(("compute", visit.compute))
    steps.append(("stop", visit.stop_server))
    reached, failed, why, full = [], None, "", False
    for step, take in steps:
        began = time.monotonic()
        if failed and step != "stop":
            continue
        try:
            take()
        except (Failed, OSError, ValueError) as error:
            if failed is None:
                failed, why, full = step, f"{error}"[:500], getattr(error, "full", False)
        else:
            if failed is None:
                reached.append([step, round(time.monotonic() - began, 3)])
    json.dump({"reached": reached, "failed": failed, "why": why, "full": full}, sys.stdout)


class Visit:
    """One look at the hub through its front door; every method raises Failed with what went wrong."""

    def __init__(self, door, name, secret, seconds):
        self.door, self.name, self.secret = door, name, secret
        self.deadline = time.monotonic() + seconds
        self.cookies = http.cookiejar.CookieJar()
        self.tls = ssl.create_default_context()
        # The certificate is for the name by which people come, and this asks by the machine's own address.
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),  # the machine itself needs no proxy
            urllib.request.HTTPSHandler(context=self.tls),
            urllib.request.HTTPCookieProcessor(self.cookies),
        )
        self.token = None
        self.started = False

    def log_in(self):
        status, page, _ = self.ask("hub/login")
        form = re.search(r"<input[^>]*name=\"password\"", page)
        if status != 200 or form is None:
            self.log_in_by_token()  # people log in at another site
            return
        fields = {"_xsrf": self.xsrf("hub/login"), "username": self.name, "password": self.secret}
        home = urllib.parse.quote(urllib.parse.urlsplit(self.door).path + "hub/home", safe="")
        self.ask(f"hub/login?next={home}", "POST", urllib.parse.urlencode(fields).encode())
        status, _, address = self.ask("hub/home")
        if status != 200 or not urllib.parse.urlsplit(address).path.endswith("/hub/home"):
            raise Failed(f"the login page did not let it in ({status})")

    def log_in_by_token(self):
        self.token = self.secret
        self.until(lambda: self.ask("hub/api/user")[0] == 200, "the hub does not take its token")

    def start_server(self):
        status, body, _ = self.api(f"hub/api/users/{self.name}/server", "POST")
        self.started = True
        if status not in (201, 202):
            self.started = status != 503
            raise Failed(f"the hub starts no server ({status}): {words_of(body)}", full=status == 503)
        self.until(self.server_answers, "its server did not answer in time")

    def server_answers(self):
        status, body, _ = self.ask(f"user/{self.name}/api/status")
        if status == 200:
            return True
        if status in (401, 403) and self.token is None:
            self.ask(f"user/{self.name}/lab")  # where the hub tells the server who this is
        if status >= 500 and status != 503:
            raise Failed(f"its server did not start ({status}): {words_of(body)}")
        return False

    def compute(self):
        status, body, _ = self.api(f"user/{self.name}/api/kernels", "POST", b'{"name": "python3"}')
        if status != 201:
            raise Failed(f"its server starts no Python ({status}): {words_of(body)}")
        kernel = json.loads(body)["id"]
        left = max(self.deadline - time.monotonic(), 1)
        try:
            printed = asyncio.run(asyncio.wait_for(self.run_cell(kernel), left))
        except (TimeoutError, asyncio.TimeoutError):
            raise Failed("Python in its server did not answer in time") from None
        except Exception as error:  # whatever tornado raises where the websocket does not open
            raise Failed(f"no connection to Python in its server ({error})") from error
        if printed.strip() != RESULT:
            raise Failed(f"Python in its server answers {CODE} with {printed.strip()[:200] or 'nothing'}")

    async def run_cell(self, kernel):
        address = re.sub("^http", "ws", f"{self.door}user/{self.name}/api/kernels/{kernel}/channels")
        request = HTTPRequest(address, headers=self.headers(address), ssl_options=self.tls, request_timeout=ANSWER_SECONDS)
        socket = await websocket_connect(request)
        message = str(uuid.uuid4())
        header = {"msg_id": message, "msg_type": "execute_request", "username": "", "session": message, "version": "5.3"}
        content = {"code": CODE, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        await socket.write_message(
            json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})
        )
        printed = ""
        while (text := await socket.read_message()) is not None:
            said = json.loads(text)
            if said["msg_type"] == "status" and said["content"]["execution_state"] in ("restarting", "dead"):
                return "nothing: it died"
            if said["parent_header"].get("msg_id") != message:
                continue
            if said["msg_type"] == "stream":
                printed += said["content"]["text"]
            if said["msg_type"] == "error":
                return f"{said['content']['ename']}: {said['content']['evalue']}"
            if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                socket.close()
                return printed
        return "nothing, and closes the connection"

    def stop_server(self):
        if not self.started:
            return
        status, body, _ = self.api(f"hub/api/users/{self.name}/server", "DELETE")
        if status not in (202, 204):
            raise Failed(f"its server could not be stopped ({status}): {words_of(body)}")

    def until(self, is_so, otherwise):
        while not is_so():
            if time.monotonic() > self.deadline:
                raise Failed(otherwise)
            time.sleep(PAUSE_SECONDS)

    def api(self, path, method, body=b""):
        return self.ask(path, method, body, {"Content-Type": "application/json", "X-XSRFToken": self.xsrf(path)})

    def ask(self, path, method="GET", body=None, headers=None):
        """Status, text and final address of an answer, redirects followed."""
        token = {"Authorization": f"token {self.token}"} if self.token else {}
        request = urllib.request.Request(self.door + path, body, {**(headers or {}), **token}, method=method)
        try:
            with self.opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return answer.status, answer.read().decode(errors="replace"), answer.url
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace"), error.url

    def headers(self, address):
        if self.token:
            return {"Authorization": f"token {self.token}"}
        return {"Cookie": self.cookies_for(address)}

    def cookies_for(self, address):
        request = urllib.request.Request(re.sub("^ws", "http", address))
        self.cookies.add_cookie_header(request)
        return request.get_header("Cookie", "")

    def xsrf(self, path):
        found = re.search(r"(?:^|; )_xsrf=\"?([^;\"]*)", self.cookies_for(self.door + path))
        return found[1] if found else ""


def words_of(body):
    """The hub's reason in an answer of its interface or on one of its pages."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        page = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", body)
        return " ".join(page.split())[:300]


if __name__ == "__main__":
    main()
