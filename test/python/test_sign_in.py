"""Each way of signing in, through JupyterHub's own pages with cookies, behind a roster, at a real login service."""

import asyncio
import json
import re
import socket

import pytest
import requests
from homeroom.authenticator import authenticator_class
from homeroom.hub import HomeroomHub
from homeroom.roster import Roster
from homeroom.roster_sync import apply_roster
from jupyterhub.proxy import Proxy
from login_provider import LoginProvider
from test_authenticator import hashed
from tornado.httpserver import HTTPServer
from traitlets.config import Config


class NoProxy(Proxy):
    """The hub is asked directly."""

    async def add_route(self, *_): ...
    async def delete_route(self, *_): ...
    async def get_all_routes(self):
        return {}


class Hub:
    """A hub at an address of its own, with the authenticator as the installer configures it."""

    @classmethod
    async def start(cls, name, roster, traits, port, tmp_path):
        HomeroomHub.clear_instance()
        config = Config({key: Config(value) for key, value in traits.items()})
        config.JupyterHub.update(
            authenticator_class=authenticator_class(name, roster),
            proxy_class=NoProxy,
            db_url="sqlite:///:memory:",
            cookie_secret=bytes(32),
            hub_bind_url=f"http://127.0.0.1:{port}",
            cleanup_servers=False,
        )
        config.HomeroomFirstUse.passwords_path = str(tmp_path / "passwords.sqlite")
        hub = cls()
        hub.app = HomeroomHub(config=config)
        hub.roster, hub.url = roster, f"http://127.0.0.1:{port}/hub"
        await hub.app.initialize(["--log-level=ERROR"])
        hub.server = HTTPServer(hub.app.tornado_application, xheaders=True)
        hub.server.listen(port, "127.0.0.1")
        return hub

    async def get(self, browser, path):
        return await asyncio.to_thread(browser.get, f"{self.url}/{path}", timeout=20)

    async def post(self, browser, path, **form):
        """Fills in the form of a page, with the token against forged requests that stands in it."""
        page = await self.get(browser, path)
        form["_xsrf"] = re.search(r'name="_xsrf"\s+value="([^"]*)"', page.text)[1]
        address = f"{self.url}/{path}?next=%2Fhub%2Fhome"
        return await asyncio.to_thread(browser.post, address, data=form, timeout=20)

    async def who(self, browser):
        """The name that the hub knows this browser by; None where it asks for a login."""
        page = await self.get(browser, "home")
        known = re.search(r'user: ("[^"]*")', page.text)
        return json.loads(known[1]) if page.url.endswith("/home") and known else None


@pytest.fixture
async def start(tmp_path, write_roster):
    """Starts a hub, and a login service whose only callback is that hub's; takes both away."""
    ends = []

    async def make(name, traits=None, **people):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        provider = LoginProvider(f"http://127.0.0.1:{port}/hub/oauth_callback")
        ends.append(provider.server.stop)
        traits = traits(provider.url) if callable(traits) else (traits or {})
        hub = await Hub.start(name, Roster(write_roster(**people)), traits, port, tmp_path)
        ends.append(hub.server.stop)
        return hub, provider

    yield make
    for end in ends:
        end()
    HomeroomHub.clear_instance()


CLIENT = {"client_id": LoginProvider.client_id, "client_secret": LoginProvider.client_secret}
IDP = "https://login.school.example/idp"
SERVICES = {
    "github": (
        lambda url: {"GitHubOAuthenticator": {**CLIENT, "github_url": url}},
        {"login": "Ada", "id": 1, "email": "ada@school.example"},
        "ada",
    ),
    "gitlab": (
        lambda url: {"GitLabOAuthenticator": {**CLIENT, "gitlab_url": url}},
        {"username": "ada", "id": 1},
        "ada",
    ),
    "google": (
        lambda url: {
            "GoogleOAuthenticator": {**CLIENT, "google_api_url": url, "authorize_url": f"{url}/o/oauth2/v2/auth"}
        },
        {"email": "Ada@School.example", "verified_email": True, "hd": "school.example"},
        "ada@school.example",
    ),
    "azuread": (
        lambda url: {
            "AzureAdOAuthenticator": {**CLIENT, "graph_url": url, "tenant_id": "school", "username_claim": "upn"}
        },
        {"upn": "ada@school.example", "name": "Ada Lovelace"},
        "ada@school.example",
    ),
    "cilogon": (
        lambda url: {
            "CILogonOAuthenticator": {
                **CLIENT,
                "authorize_url": f"{url}/authorize",
                "token_url": f"{url}/oauth2/token",
                "userdata_url": f"{url}/oauth2/userinfo",
                "idps": {IDP: {"username_derivation": {"username_claim": "eppn"}, "allow_all": True}},
            }
        },
        {"eppn": "ada@school.example", "idp": IDP, "email": "ada@school.example"},
        "ada@school.example",
    ),
    "generic-oauth": (
        lambda url: {
            "GenericOAuthenticator": {
                **CLIENT,
                "authorize_url": f"{url}/authorize",
                "token_url": f"{url}/token",
                "userdata_url": f"{url}/userinfo",
                "username_claim": "preferred_username",
                "scope": ["openid"],
            }
        },
        {"preferred_username": "Jürgen", "sub": "1"},
        "jürgen",
    ),
}


@pytest.mark.parametrize("name", SERVICES)
async def test_a_login_service(start, name, write_roster):
    traits, person, expected = SERVICES[name]
    hub, provider = await start(name, traits, allowed=[expected], admins=["teacher"])
    provider.person = person
    browser = requests.Session()
    await hub.get(browser, "oauth_login?next=%2Fhub%2Fhome")
    assert await hub.who(browser) == expected

    # Somebody else of the same service is not in the class.
    stranger = {**person, **{key: "mallory@school.example" for key, value in person.items() if value in named(person)}}
    provider.person = stranger
    other = requests.Session()
    assert (await hub.get(other, "oauth_login?next=%2Fhub%2Fhome")).status_code == 403
    assert await hub.who(other) is None

    # Taken off the list, the session ends.
    write_roster(admins=["teacher"])
    hub.roster.refresh()
    await apply_roster(hub.app, hub.roster)
    assert await hub.who(browser) is None


def named(person):
    return [person[key] for key in ("login", "username", "email", "upn", "eppn", "preferred_username") if key in person]


async def test_a_list_of_admins_counts_for_a_login_service(start):
    traits, person, _ = SERVICES["github"]
    hub, provider = await start("github", traits, admins=["ada"])
    provider.person = person
    browser = requests.Session()
    await hub.get(browser, "oauth_login?next=%2Fhub%2Fhome")
    assert (await hub.get(browser, "admin")).status_code == 200


async def test_a_wrong_secret_lets_nobody_in_and_is_not_shown(start):
    traits, person, _ = SERVICES["generic-oauth"]
    hub, provider = await start("generic-oauth", traits, allowed=["jürgen"])
    provider.person = person
    provider.client_secret = "another secret"
    browser = requests.Session()
    answer = await hub.get(browser, "oauth_login?next=%2Fhub%2Fhome")
    assert answer.status_code >= 400 and CLIENT["client_secret"] not in answer.text
    assert await hub.who(browser) is None


async def test_a_callback_that_nobody_asked_for_lets_nobody_in(start):
    traits, person, _ = SERVICES["generic-oauth"]
    hub, provider = await start("generic-oauth", traits, allowed=["jürgen"])
    provider.codes["stolen"] = (person, None)
    browser = requests.Session()
    assert (await hub.get(browser, "oauth_callback?code=stolen&state=made-up")).status_code == 400
    assert await hub.who(browser) is None


async def test_sign_up_waits_for_the_admin(start):
    hub, _ = await start("native", open=True, admins=["teacher"], first_passwords={"teacher": hashed("of-the-teacher")})
    ada, teacher = requests.Session(), requests.Session()
    word = "a-password-of-ada"
    await hub.post(ada, "signup", username="ada", signup_password=word, signup_password_confirmation=word)
    early = await hub.post(ada, "login", username="ada", password=word)
    assert early.status_code == 403 and "has not let ada in yet" in early.text
    wrong = await hub.post(ada, "login", username="ada", password="wrong")
    assert wrong.status_code == 403 and "Invalid username or password" in wrong.text
    taken = requests.Session()
    await hub.post(taken, "signup", username="teacher", signup_password=word, signup_password_confirmation=word)
    assert (await hub.post(taken, "login", username="teacher", password=word)).status_code == 403

    await hub.post(teacher, "login", username="teacher", password="of-the-teacher")
    page = await hub.get(teacher, "authorize")
    assert page.status_code == 200 and "ada" in page.text
    await hub.get(teacher, "authorize/ada")
    await hub.post(ada, "login", username="ada", password=word)
    assert await hub.who(ada) == "ada"
    assert (await hub.get(ada, "authorize")).status_code == 403


async def test_a_shared_password_is_for_the_class_and_not_for_its_admin(start):
    words = {"user_password": "blue-whale-42", "admin_password": "x" * 40}
    hub, _ = await start("shared-password", {"SharedPasswordAuthenticator": words}, allowed=["ada"], admins=["teacher"])
    for name, password, known in [
        ("ada", "blue-whale-42", "ada"),
        ("ada", "wrong", None),
        ("mallory", "blue-whale-42", None),
        ("teacher", "blue-whale-42", None),
        ("teacher", "x" * 40, "teacher"),
    ]:
        browser = requests.Session()
        await hub.post(browser, "login", username=name, password=password)
        assert await hub.who(browser) == known, (name, password)


async def test_whoever_tries_out_passwords_is_told_how_long_to_wait(start):
    hub, _ = await start("shared-password", {"SharedPasswordAuthenticator": {"user_password": "blue-whale-42"}}, allowed=["ada"])
    browser = requests.Session()
    for _ in range(10):
        assert (await hub.post(browser, "login", username="ada", password="wrong")).status_code == 403
    held = await hub.post(browser, "login", username="ada", password="blue-whale-42")
    assert held.status_code == 429
    assert 1 <= int(held.headers["Retry-After"]) <= 15
    assert f"Try again in {held.headers['Retry-After']} seconds" in held.text


async def test_cookies_stay_with_the_browser_and_forms_with_the_hub(start):
    hub, _ = await start("shared-password", {"SharedPasswordAuthenticator": {"user_password": "blue-whale-42"}}, allowed=["ada"])
    form = {"username": "ada", "password": "blue-whale-42"}
    forged = await asyncio.to_thread(requests.post, f"{hub.url}/login", data=form, timeout=20)
    assert forged.status_code == 403

    browser = requests.Session()
    browser.headers["X-Forwarded-Proto"] = "https"  # as the proxy says on the encrypted door
    page = await hub.get(browser, "login")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    form["_xsrf"] = re.search(r'name="_xsrf"\s+value="([^"]*)"', page.text)[1]
    # requests itself keeps Secure cookies from a plain address
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
    answer = await asyncio.to_thread(
        browser.post, f"{hub.url}/login", data=form, headers={"Cookie": cookies}, allow_redirects=False, timeout=20
    )
    assert answer.status_code == 302
    flags = [line for line in answer.raw.headers.getlist("Set-Cookie") if line.startswith("jupyterhub-hub-login=")]
    assert len(flags) == 1
    assert {"httponly", "secure", "samesite=lax"} <= {flag.strip().lower() for flag in flags[0].split(";")}
