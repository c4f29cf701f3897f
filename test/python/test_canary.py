import json
import logging
from types import SimpleNamespace

import pytest
from homeroom.authenticator import authenticator_class
from homeroom.canary import NAME, Canary
from homeroom.roster import Roster
from homeroom.roster_sync import keep_canary
from jupyterhub import orm, roles
from traitlets.config import Config

SECRET = "s" * 64


@pytest.fixture
def roster(write_roster):
    path = write_roster(allowed=["alice"], open=True)
    return Roster(path), path.with_name("canary.json")


@pytest.fixture
def authenticator(roster, tmp_path):
    section = Config()
    section.HomeroomFirstUse.passwords_path = str(tmp_path / "passwords.sqlite")
    return authenticator_class("firstuse", roster[0])(config=section)


def note(path, seconds=60, secret=SECRET):
    import time

    path.write_text(json.dumps({"until": time.time() + seconds, "secret": secret}))


async def login(authenticator, name, password):
    return await authenticator.get_authenticated_user(None, {"username": name, "password": password})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"until": 1e12, "secret": "short"}', '{"until": "x", "secret": 5}'])
def test_a_note_that_says_nothing_usable_is_none(tmp_path, text):
    path = tmp_path / "canary.json"
    path.write_text(text)
    assert Canary(path).secret() is None


def test_a_note_ends_by_itself(tmp_path):
    note(tmp_path / "canary.json", seconds=-1)
    assert not Canary(tmp_path / "canary.json").knows(SECRET)


async def test_without_a_note_nobody_has_that_name_not_even_where_everybody_may_come(roster, authenticator):
    assert not roster[0].lets_in(NAME)
    assert await login(authenticator, NAME, SECRET) is None
    assert await login(authenticator, "Homeroom-Canary", "a-password-of-mine") is None


async def test_with_a_note_its_secret_alone_opens(roster, authenticator):
    note(roster[1])
    assert await login(authenticator, NAME, "a-password-of-mine") is None
    assert (await login(authenticator, NAME, SECRET))["name"] == NAME
    assert (await login(authenticator, NAME, SECRET))["admin"] is False
    roster[1].unlink()
    assert await login(authenticator, NAME, SECRET) is None


async def test_somebody_of_that_name_at_a_login_service_does_not_come_in(roster):
    class Elsewhere(type(authenticator_class("dummy", roster[0])())):
        async def authenticate(self, handler, data):
            return NAME

    note(roster[1])
    assert await Elsewhere().get_authenticated_user(None, None) is None


class Users(dict):
    def __init__(self, db):
        self.db = db

    def __getitem__(self, user):
        async def nothing():
            pass

        return SimpleNamespace(name=user.name, spawners={}, delete_spawners=nothing, orm_user=user)

    def delete(self, wrapper):
        self.db.delete(wrapper.orm_user)
        self.db.commit()


async def test_it_has_a_token_while_somebody_looks_and_is_forgotten_afterwards(roster):
    db = orm.new_session_factory("sqlite:///:memory:")()
    for role in roles.get_default_roles():
        roles.create_role(db, role)
    db.add(orm.OAuthClient(identifier="jupyterhub"))
    db.commit()
    authenticator = SimpleNamespace(delete_user=lambda user: None)
    app = SimpleNamespace(db=db, users=Users(db), authenticator=authenticator, log=logging.getLogger("test"))
    await keep_canary(app, roster[0])
    assert orm.User.find(db, NAME) is None
    note(roster[1])
    await keep_canary(app, roster[0])
    await keep_canary(app, roster[0])
    assert orm.APIToken.find(db, SECRET).user.name == NAME
    assert db.query(orm.APIToken).count() == 1
    roster[1].unlink()
    await keep_canary(app, roster[0])
    assert orm.User.find(db, NAME) is None
    assert db.query(orm.APIToken).count() == 0
