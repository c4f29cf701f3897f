import itertools

import pytest
from homeroom.first_use import Attempts
from homeroom.login_limits import LoginLimits
from test_authenticator import fast_hashes, hashed, hub, login  # noqa: F401 - fixtures


async def test_given_passwords_are_the_only_ones(hub):
    firstuse = hub(allowed=["alice", "bob"], first_password="generated", first_passwords={"bob": hashed("given-to-bob")})
    assert "no password yet" in await login(firstuse, "alice", "claimed-by-a-stranger")
    assert firstuse.passwords.current("alice", None) is None
    assert await login(firstuse, "bob", "given-to-bob") == "bob"
    assert await firstuse.choose_password("bob", "bobs-own-choice") == ("Your password has been changed.", True)
    assert await login(firstuse, "bob", "bobs-own-choice") == "bob"


async def login_with(firstuse, code, password="alice-password"):
    data = {"username": "alice", "password": password, "class_code": code}
    try:
        user = await firstuse.get_authenticated_user(None, data)
    except Exception as error:
        return error.log_message
    return user and user["name"]


async def test_the_class_code_is_needed_once(hub):
    firstuse = hub(allowed=["alice"], first_password="code", class_code=hashed("blue-whale"))
    assert "type the class code too" in await login(firstuse, "alice", "alice-password")
    assert "not the class code" in await login_with(firstuse, "blue-wale")
    assert firstuse.passwords.current("alice", None) is None
    assert await login_with(firstuse, " blue-whale ") == "alice"
    assert await login(firstuse, "alice", "alice-password") == "alice"
    assert await login_with(firstuse, "blue-whale", "another-password") is None


async def test_without_a_code_nobody_comes_in_for_the_first_time(hub):
    assert "not set a class code" in await login_with(hub(allowed=["alice"], first_password="code"), "")


async def test_codes_cannot_be_tried_out(hub, monkeypatch):
    firstuse = hub(allowed=["alice"], first_password="code", class_code=hashed("blue-whale"))
    now = 0.0
    monkeypatch.setattr(firstuse, "_wrong_codes", Attempts(clock=lambda: now))
    patient = LoginLimits(clock=itertools.count(step=60).__next__)  # only the codes are limited here
    monkeypatch.setattr(firstuse, "_limits", patient)
    for _ in range(Attempts.MOST):
        assert "not the class code" in await login_with(firstuse, "guess")
    assert "Too many" in await login_with(firstuse, "blue-whale")
    now = Attempts.SECONDS + 1.0
    assert await login_with(firstuse, "blue-whale") == "alice"


@pytest.mark.parametrize("how", ["own", "generated", "code"])
async def test_the_login_page_knows_how_it_goes(hub, how, write_roster):
    firstuse = hub(allowed=["alice"])
    write_roster(first_password=how)
    assert firstuse.first_login == how
