"""The npm registry as the machine's npm would reach it: address, login, proxy, certificates.

Nothing but Python's own library is used: a fresh server has no more.
"""

import json
import os
import re
import ssl
import sys
import time
import urllib.parse
import urllib.request


class Failure(Exception):
    """A reason and a remedy, both for the person."""

    exit_code = 1


class Registry:
    """The npm registry that HOMEROOM_REGISTRY or npm's configuration names, reached as that configuration says."""

    def __init__(self, attempts=3, timeout=60):
        self.attempts, self.timeout, self.settings = attempts, timeout, npm_settings()
        url = os.environ.get("HOMEROOM_REGISTRY") or self.settings.get("registry") or "https://registry.npmjs.org"
        self.url = url.rstrip("/") + "/"
        self.host = urllib.parse.urlsplit(self.url).netloc.rpartition("@")[2]
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(self.proxies()), urllib.request.HTTPSHandler(context=self.trust())
        )

    def trust(self):
        context = ssl.create_default_context()
        for path in (self.settings.get("cafile"), os.environ.get("NODE_EXTRA_CA_CERTS")):
            if path and path != "null":
                try:
                    context.load_verify_locations(path)
                except OSError as error:
                    raise Failure(f"The certificates in {path} can’t be read: {error}.", "Mend cafile in .npmrc.") from error
        return context

    def proxies(self):
        proxies = urllib.request.getproxies()
        for scheme, key in (("https", "https-proxy"), ("https", "proxy"), ("http", "proxy")):
            if self.settings.get(key, "null") != "null":
                proxies.setdefault(scheme, self.settings[key])
        if "noproxy" in self.settings:
            os.environ.setdefault("no_proxy", self.settings["noproxy"])
        return proxies

    def tarball(self, name, version):
        """Opens a package. Most registries keep it at one usual place; the others say where in its description."""
        try:
            return self.open(f"{self.url}{name}/-/{name}-{version}.tgz")
        except OSError as error:
            if getattr(error, "code", 0) != 404:
                raise self.explain(error, f"{name} {version}") from error
        return self.open(self.describe(name, version)["dist"]["tarball"])

    def describe(self, name, version=""):
        """What the registry says of one version, or of a package with all of them."""
        path = f"{name}/{urllib.parse.quote(version)}" if version else name
        try:
            with self.open(self.url + path) as answer:
                return json.load(answer)
        except OSError as error:
            raise self.explain(error, f"{name} {version}".strip()) from error

    def keys(self):
        """The public keys that the registry signs with; None where it signs nothing, which npm takes these answers for."""
        try:
            with self.open(f"{self.url}-/npm/v1/keys") as answer:
                return json.load(answer)["keys"]
        except OSError as error:
            if getattr(error, "code", 0) in (400, 404):
                return None
            raise self.explain(error, "its keys") from error

    def open(self, url):
        request = urllib.request.Request(url, headers={"User-Agent": "homeroom"})
        for kind, key in (("Bearer", "_authToken"), ("Basic", "_auth")):
            token = self.settings.get(re.sub("^https?:", "", self.url) + ":" + key)
            if token and url.startswith(self.url):
                request.add_unredirected_header("Authorization", f"{kind} {token}")
        for attempt in range(1, self.attempts + 1):
            try:
                return self.opener.open(request, timeout=self.timeout)
            except OSError as error:
                log(f"{url}: {error}")
                if getattr(error, "code", 500) < 500 or attempt == self.attempts:
                    raise
            time.sleep(2 ** (attempt - 1))

    def explain(self, error, what):
        """What a failed request means for the person."""
        host, code, cause = self.host, getattr(error, "code", 0), getattr(error, "reason", error)
        if code == 404:
            reason = f"The registry {host} doesn’t have {what}."
            remedy = "Name one that has it: HOMEROOM_REGISTRY=https://registry.npmjs.org"
        elif code in (401, 403):
            reason = f"The registry {host} wants a login for {what} (HTTP {code})."
            remedy = f"Put its token into ~/.npmrc: //{host}/:_authToken=…"
        elif code == 407:
            reason = "The proxy wants a login."
            remedy = "Name it with one: https_proxy=http://NAME:PASSWORD@HOST:PORT"
        elif code:
            reason = f"The registry {host} answered HTTP {code} for {what}."
            remedy = "Wait a little; or name another registry with HOMEROOM_REGISTRY."
        elif isinstance(cause, ssl.SSLError):
            reason = f"This machine doesn’t trust the certificate of {host}: {cause.args[-1]}"
            remedy = (
                "Type: apt-get install --yes ca-certificates; look at the clock with: date; "
                "a private authority goes into SSL_CERT_FILE=FILE."
            )
        else:
            reason = f"The registry {host} can’t be reached: {cause}"
            remedy = (
                "Look at the network; behind a proxy say: sudo https_proxy=http://HOST:PORT …; "
                "or name a mirror with HOMEROOM_REGISTRY."
            )
        return Failure(reason, remedy)


def npm_settings():
    """npm's own configuration, merged as npm does: environment, the person's file, the machine's."""
    environment = {
        key[11:].lower().replace("_", "-"): value for key, value in os.environ.items() if key.lower().startswith("npm_config_")
    }
    settings = {}
    for path in (
        os.environ.get("HOMEROOM_ROOT", "") + "/etc/npmrc",
        environment.get("userconfig") or os.path.expanduser("~/.npmrc"),
    ):
        if os.access(path, os.R_OK):
            with open(path, encoding="utf-8") as file:
                settings |= dict(filter(None, map(setting_of, file)))
    return settings | environment


def setting_of(line):
    """The key and value of a line of .npmrc, which may name variables of the environment."""
    key, found, value = line.partition("=")
    if not found or line.lstrip()[0] in "#;":
        return None
    return key.strip(), re.sub(r"\$\{(\w+)\}", lambda match: os.environ.get(match[1], ""), value.strip().strip('"'))


def say(text):
    print(text, file=sys.stderr, flush=True)


def log(text):
    path = os.environ.get("HOMEROOM_LOG")
    if path and os.access(path, os.W_OK):
        with open(path, "a", encoding="utf-8") as file:
            file.write(time.strftime("%Y-%m-%dT%H:%M:%S%z ") + text.rstrip() + "\n")
