"""bootstrap.sh's part in Python: which registry, reached how, and what its failures mean."""

import io
import ssl
import urllib.error

import pytest
import registry
from registry import Failure, Registry, npm_settings


@pytest.fixture(autouse=True)
def a_machine(tmp_path, monkeypatch):
    """No configuration but the one that a test writes: /etc/npmrc and ~/.npmrc below tmp_path."""
    for name in list(registry.os.environ):
        if name.lower().startswith(("npm_config_", "homeroom_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOMEROOM_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    monkeypatch.setattr(registry.time, "sleep", lambda _: None)
    (tmp_path / "etc").mkdir()
    return tmp_path


def test_settings_as_npm_merges_them(a_machine, monkeypatch):
    (a_machine / "etc/npmrc").write_text("registry=https://machine/\ncafile=/machine.pem\nproxy=http://machine\n")
    (a_machine / ".npmrc").write_text('; mine\n# too\nregistry = "https://${PLACE}/"\nproxy=http://mine\nwords\n')
    monkeypatch.setenv("PLACE", "person")
    monkeypatch.setenv("NPM_CONFIG_PROXY", "http://environment")
    assert npm_settings() == {
        "registry": "https://person/",
        "cafile": "/machine.pem",
        "proxy": "http://environment",
    }


def test_another_file_of_the_person(a_machine, monkeypatch):
    (a_machine / ".npmrc").write_text("registry=https://one/\n")
    (a_machine / "other").write_text("registry=https://two/\n")
    monkeypatch.setenv("npm_config_userconfig", str(a_machine / "other"))
    assert Registry().url == "https://two/"


def test_the_public_registry_where_nothing_is_said():
    assert Registry().url == "https://registry.npmjs.org/"


def test_a_proxy_of_npm_unless_the_environment_names_one(a_machine, monkeypatch):
    (a_machine / ".npmrc").write_text("proxy=http://npm\nhttps-proxy=null\n")
    assert Registry().proxies() == {"http": "http://npm", "https": "http://npm"}
    monkeypatch.setenv("https_proxy", "http://environment")
    assert Registry().proxies() == {"http": "http://npm", "https": "http://environment"}


def test_certificates_that_cannot_be_read_are_named(a_machine):
    (a_machine / ".npmrc").write_text("cafile=/no/such.pem\n")
    with pytest.raises(Failure, match="/no/such.pem can’t be read"):
        Registry()


class Opener:
    """Answers by turns; notes what was asked."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def open(self, request, timeout):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)


def status(code):
    return urllib.error.HTTPError("http://x", code, "no", {}, None)


def asked(opener):
    """The registry of the configuration behind a fake."""
    one = Registry()
    one.opener = opener
    return one


def test_a_tarball_elsewhere_gets_no_login(a_machine, monkeypatch):
    (a_machine / ".npmrc").write_text("//mirror/:_authToken=secret\n")
    monkeypatch.setenv("HOMEROOM_REGISTRY", "https://mirror")
    opener = Opener(status(404), b'{"dist": {"tarball": "https://elsewhere/thing.tgz"}}', b"content")
    assert asked(opener).tarball("thing", "1.0").read() == b"content"
    assert [(request.full_url, request.get_header("Authorization")) for request in opener.requests] == [
        ("https://mirror/thing/-/thing-1.0.tgz", "Bearer secret"),
        ("https://mirror/thing/1.0", "Bearer secret"),
        ("https://elsewhere/thing.tgz", None),
    ]


def test_asks_again_after_an_outage_and_not_after_an_answer():
    opener = Opener(status(503), ConnectionResetError(), b"content")
    assert asked(opener).tarball("thing", "1.0").read() == b"content"
    opener = Opener(status(401), b"never")
    with pytest.raises(Failure):
        asked(opener).tarball("thing", "1.0")
    assert len(opener.requests) == 1


@pytest.mark.parametrize(
    ("error", "reason", "remedy"),
    [
        (status(404), "doesn’t have thing 1.0", "HOMEROOM_REGISTRY"),
        (status(403), "wants a login for thing 1.0 (HTTP 403)", "~/.npmrc: //registry.npmjs.org/:_authToken"),
        (status(407), "proxy wants a login", "https_proxy=http://NAME:PASSWORD@"),
        (status(500), "answered HTTP 500", "Wait a little"),
        (urllib.error.URLError(ssl.SSLError(1, "self-signed")), "doesn’t trust the certificate", "SSL_CERT_FILE"),
        (urllib.error.URLError(OSError("no route")), "can’t be reached: no route", "https_proxy"),
        (TimeoutError("timed out"), "can’t be reached: timed out", "https_proxy"),
    ],
)
def test_a_failure_is_explained(error, reason, remedy):
    failure = Registry().explain(error, "thing 1.0")
    assert reason in failure.args[0]
    assert remedy in failure.args[1]


def test_a_login_in_the_address_is_not_repeated(monkeypatch):
    monkeypatch.setenv("HOMEROOM_REGISTRY", "https://name:secret@mirror")
    assert "secret" not in "".join(Registry().explain(OSError("no"), "thing").args)


def test_a_package_with_all_its_versions():
    opener = Opener(b'{"versions": {}}')
    assert asked(opener).describe("thing") == {"versions": {}}
    assert opener.requests[0].full_url == "https://registry.npmjs.org/thing"


def test_the_keys_that_a_registry_signs_with():
    opener = Opener(b'{"keys": [{"keyid": "SHA256:one"}]}')
    assert asked(opener).keys() == [{"keyid": "SHA256:one"}]
    assert opener.requests[0].full_url == "https://registry.npmjs.org/-/npm/v1/keys"


@pytest.mark.parametrize("code", [400, 404])
def test_a_registry_that_signs_nothing(code):
    assert asked(Opener(status(code))).keys() is None


@pytest.mark.parametrize("error", [status(403), ConnectionResetError(), TimeoutError()])
def test_where_the_keys_cannot_be_had_nothing_is_taken_for_unsigned(error):
    with pytest.raises(Failure):
        asked(Opener(error, error, error)).keys()
