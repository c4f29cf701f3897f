import asyncio
from pathlib import Path

import bcrypt
import pytest
from homeroom.authenticator import authenticator_class
from homeroom.roster import Roster
from tornado import web
from traitlets.config import Config

FAST = 4  # bcrypt rounds


@pytest.fixture(autouse=True)
def fast_hashes(monkeypatch):
    salt = bcrypt.gensalt
    monkeypatch.setattr("bcrypt.gensalt", lambda *_: salt(FAST))


def hashed(password):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


@pytest.fixture
def hub(tmp_path, write_roster):
    """An authenticator as the hub makes it, and a way to log in with it."""

    def make(name="firstuse", config=None, **roster):
        path = write_roster(**roster)
        section = Config(config or {})
        section.HomeroomFirstUse.passwords_path = str(tmp_path / "passwords.sqlite")
        return authenticator_class(name, Roster(path))(config=section, **db(name))

    return make


def db(name):
    if name != "native":
        return {}
    from jupyterhub import orm

    return {"db": orm.new_session_factory("sqlite:///:memory:")()}


async def login(authenticator, username, password):
    """The hub's answer: the name, None (refused) or the words that the person reads."""
    try:
        user = await authenticator.get_authenticated_user(None, {"username": username, "password": password})
    except web.HTTPError as error:
        assert error.status_code == 403
        return error.log_message
    return user and user["name"]


async def test_the_first_password_is_the_password(hub):
    firstuse = hub(allowed=["alice"])
    assert await login(firstuse, "alice", "alice-password") == "alice"
    assert await login(firstuse, "alice", "another-password") is None
    assert await login(firstuse, "Alice", "alice-password") == "alice"


async def test_short_passwords_are_refused_with_words(hub):
    assert "at least 7" in await login(hub(allowed=["alice"]), "alice", "short")


@pytest.mark.parametrize("name", ["nobody", "mallory", "", "../x", "a/b"])
async def test_strangers_are_refused_and_leave_no_password(hub, name):
    firstuse = hub(allowed=["alice"], banned=["mallory"])
    assert await login(firstuse, name, "long-password") is None
    assert firstuse.passwords.current(name, None) is None


async def test_an_admin_s_name_cannot_be_claimed(hub):
    firstuse = hub(admins=["teacher", "boss"], first_passwords={"teacher": hashed("from-the-installer")})
    assert "no password yet" in await login(firstuse, "boss", "stranger-password")
    assert firstuse.passwords.current("boss", None) is None
    assert await login(firstuse, "teacher", "stranger-password") is None
    user = await firstuse.get_authenticated_user(None, {"username": "teacher", "password": "from-the-installer"})
    assert user["admin"] is True


async def test_an_open_roster_does_not_open_admins_names(hub):
    firstuse = hub(open=True, admins=["boss"])
    assert await login(firstuse, "anyone", "long-password") == "anyone"
    assert "no password yet" in await login(firstuse, "boss", "long-password")


async def test_allow_all_does_not_bypass_the_roster(hub):
    dummy = hub("dummy", {"Authenticator": {"allow_all": True}}, allowed=["alice"])
    assert await login(dummy, "alice", "x") == "alice"
    assert await login(dummy, "nobody", "x") is None


async def test_who_loses_the_admin_role_is_told_so_at_login(hub, write_roster):
    dummy = hub("dummy", allowed=["alice"], admins=["alice"])
    write_roster(allowed=["alice"])
    user = await dummy.get_authenticated_user(None, {"username": "alice", "password": "x"})
    assert user["admin"] is False


async def test_two_first_logins_at_once_make_one_password(hub):
    firstuse = hub(allowed=["alice"])
    answers = await asyncio.gather(login(firstuse, "alice", "first-choice"), login(firstuse, "alice", "other-choice"))
    assert sorted(answers, key=str) == [None, "alice"]


async def test_own_choice_counts_until_the_installer_sets_another(hub, write_roster):
    first = hashed("given")
    firstuse = hub(allowed=["alice"], first_passwords={"alice": first})
    assert await firstuse.choose_password("alice", "my-own-choice") == ("Your password has been changed.", True)
    assert await login(firstuse, "alice", "my-own-choice") == "alice"
    assert await login(firstuse, "alice", "given") is None
    write_roster(allowed=["alice"], first_passwords={"alice": hashed("given-again")})
    assert await login(firstuse, "alice", "given-again") == "alice"
    assert await login(firstuse, "alice", "my-own-choice") is None


async def test_a_long_password_is_no_error(hub):
    firstuse = hub(allowed=["alice"])
    assert await login(firstuse, "alice", "x" * 100) == "alice"
    assert await login(firstuse, "alice", "y" * 100) is None


async def test_hashing_leaves_the_loop_free(hub, monkeypatch):
    firstuse = hub(allowed=["alice"])
    loop_ran = asyncio.Event()
    hashpw = bcrypt.hashpw

    def slow(*arguments):
        assert asyncio.run_coroutine_threadsafe(loop_ran.wait(), loop).result(5)
        return hashpw(*arguments)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr("bcrypt.hashpw", slow)
    attempt = asyncio.ensure_future(login(firstuse, "alice", "alice-password"))
    await asyncio.sleep(0.05)
    loop_ran.set()
    assert await attempt == "alice"


async def test_a_removed_person_s_session_ends(hub, write_roster):
    class Someone:
        name = "alice"

    firstuse = hub(allowed=["alice"])
    assert await firstuse.refresh_user(Someone) is True
    write_roster()
    assert await firstuse.refresh_user(Someone) is False


async def test_native_knows_the_installer_s_passwords_and_guards_admins(hub):
    native = hub("native", allowed=["alice"], admins=["teacher", "boss"], first_passwords={"teacher": hashed("given")})
    assert await login(native, "teacher", "given") == "teacher"
    assert native.create_user("boss", "stranger-password") is None
    assert native.create_user("nobody", "stranger-password") is None
    assert native.create_user("alice", "alice-password").is_authorized
    assert await login(native, "alice", "alice-password") == "alice"
    assert await login(native, "alice", "wrong") is None


@pytest.mark.parametrize("name", ["ldap", "github", "google", "generic-oauth", "shared-password", "jupyterhub.auth.DummyAuthenticator"])
def test_short_names_and_dotted_paths(name, write_roster):
    cls = authenticator_class(name, Roster(write_roster()))
    assert cls.__name__ == cls.__mro__[1].__name__


@pytest.mark.parametrize("name", ["nonsense", "no.such.Class", "os.path.join", "jupyterhub.spawner.Spawner"])
def test_what_is_no_authenticator_is_named(name, write_roster):
    with pytest.raises(ValueError, match=name):
        authenticator_class(name, Roster(write_roster()))


def test_one_time_passwords_are_those_of_rfc_6238():
    import onetimepass
    import pyotp

    secret = pyotp.random_base32()
    assert onetimepass.valid_totp(int(pyotp.TOTP(secret).now()), secret)
    assert not onetimepass.valid_totp("12345", secret) or pyotp.TOTP(secret).now() == "012345"
    assert Path(onetimepass.__file__).parent.name == "hub"
