"""A login service for tests: OAuth 2.0's code grant with PKCE (RFC 6749, 7636), at the addresses of the known ones."""

import base64
import hashlib
import json
import secrets
from urllib.parse import parse_qs

import jwt
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.httputil import url_concat
from tornado.testing import bind_unused_port


class LoginProvider:
    """Everybody who comes is `person` (what the service says of them) and agrees at once."""

    client_id, client_secret = "the-hub", "secret-of-the-hub"

    def __init__(self, callback):
        self.person = {}
        self.callback = callback  # the one address that codes are sent to
        self.codes, self.tokens = {}, {}
        application = web.Application(
            [
                (r"/.*/?(?:authorize|auth)", Authorize, {"provider": self}),
                (r"/.*/?(?:token|access_token)", Token, {"provider": self}),
                (r"/.*/?(?:user|userinfo)", UserInfo, {"provider": self}),
            ]
        )
        listening, self.port = bind_unused_port()
        self.server = HTTPServer(application)
        self.server.add_socket(listening)
        self.url = f"http://127.0.0.1:{self.port}"


class Handler(web.RequestHandler):
    def initialize(self, provider):
        self.provider = provider


class Authorize(Handler):
    def get(self):
        if self.get_argument("client_id") != self.provider.client_id or self.get_argument("response_type") != "code":
            raise web.HTTPError(400, "unknown client")
        if self.get_argument("redirect_uri") != self.provider.callback:
            raise web.HTTPError(400, "redirect_uri_mismatch")
        code = secrets.token_urlsafe()
        self.provider.codes[code] = (dict(self.provider.person), self.get_argument("code_challenge", None))
        answer = {"code": code, "state": self.get_argument("state")}
        self.redirect(url_concat(self.provider.callback, answer))


class Token(Handler):
    def post(self):
        form = {key: values[0] for key, values in parse_qs(self.request.body.decode()).items()}
        if self.client(form) != (self.provider.client_id, self.provider.client_secret):
            raise web.HTTPError(401, "invalid_client")
        person, challenge = self.provider.codes.pop(form["code"], (None, None))  # each counts once
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = challenge is None or base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == challenge
        if person is None or not proven or form["redirect_uri"] != self.provider.callback:
            raise web.HTTPError(400, "invalid_grant")
        token = secrets.token_urlsafe()
        self.provider.tokens[token] = person
        signed = jwt.encode({**person, "aud": self.provider.client_id}, "k" * 32)
        self.finish({"access_token": token, "token_type": "Bearer", "id_token": signed, "scope": "openid"})

    def client(self, form):
        kind, _, value = self.request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, word = base64.b64decode(value).decode().partition(":")
            return name, word
        return form.get("client_id"), form.get("client_secret")


class UserInfo(Handler):
    def get(self):
        token = self.request.headers.get("Authorization", "").partition(" ")[2]
        if token not in self.provider.tokens:
            raise web.HTTPError(401)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(self.provider.tokens[token]))
