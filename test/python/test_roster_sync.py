import json
import logging
from types import SimpleNamespace

import pytest
from homeroom.notices import Notices
from homeroom.roster import Roster
from homeroom.roster_sync import apply_roster, heed_notices
from jupyterhub import orm, roles


class Users(dict):
    """The hub's registry: an orm user or its name -> who answers for it."""

    def __init__(self, db):
        self.db = db
        self.deleted = []

    def __getitem__(self, user):
        return SimpleNamespace(name=user.name, spawners={}, delete_spawners=self._nothing, orm_user=user)

    async def _nothing(self):
        pass

    def delete(self, wrapper):
        self.deleted.append(wrapper.name)
        self.db.delete(wrapper.orm_user)
        self.db.commit()


@pytest.fixture
def app():
    db = orm.new_session_factory("sqlite:///:memory:")()
    for role in roles.get_default_roles():
        roles.create_role(db, role)
    db.add(orm.OAuthClient(identifier="jupyterhub"))
    for name in ("alice", "teacher", "boss"):
        db.add(orm.User(name=name, admin=name == "boss"))
    db.commit()
    for user in db.query(orm.User):
        roles.assign_default_roles(db, entity=user)
        user.new_api_token()
    forgotten = []
    authenticator = SimpleNamespace(admin_users=set(), delete_user=lambda user: forgotten.append(user.name))
    return SimpleNamespace(
        db=db,
        users=Users(db),
        authenticator=authenticator,
        forgotten=forgotten,
        log=logging.getLogger("test"),
        shut_out_names=frozenset(),
    )


def person(app, name):
    return orm.User.find(app.db, name)


async def test_roles_come_and_go_with_the_roster(app, write_roster):
    await apply_roster(app, Roster(write_roster(allowed=["alice", "boss"], admins=["teacher"])))
    assert [person(app, name).admin for name in ("alice", "teacher", "boss")] == [False, True, False]
    assert "admin" not in [role.name for role in person(app, "boss").roles]


async def test_whoever_may_not_come_in_loses_session_and_tokens(app, write_roster):
    before = {name: person(app, name).cookie_id for name in ("alice", "boss")}
    await apply_roster(app, Roster(write_roster(allowed=["alice", "boss"], admins=["teacher"], banned=["boss"])))
    assert person(app, "boss").api_tokens == [] and person(app, "boss").cookie_id != before["boss"]
    assert len(person(app, "alice").api_tokens) == 1 and person(app, "alice").cookie_id == before["alice"]


async def test_a_cookie_is_worthless_where_nothing_else_was_left(app, write_roster):
    app.db.query(orm.APIToken).delete()
    cookies = {name: person(app, name).cookie_id for name in ("alice", "boss")}
    roster = Roster(write_roster(allowed=["alice"]))
    await apply_roster(app, roster)
    ended = person(app, "boss").cookie_id
    assert person(app, "alice").cookie_id == cookies["alice"] and ended != cookies["boss"]
    await apply_roster(app, roster)
    assert person(app, "boss").cookie_id == ended  # once is enough


@pytest.fixture
def notices(tmp_path):
    def write(written):
        fresh = tmp_path / "notices.new"
        fresh.write_text(json.dumps(written))
        fresh.rename(tmp_path / "notices.json")
        return Notices(tmp_path / "notices.json", tmp_path / "heeded")

    return write


async def test_a_notice_signs_out_once(app, notices):
    cookie = person(app, "alice").cookie_id
    written = {"alice": {"at": "2026-01-01T00:00:00.000Z"}, "nobody": {"at": "2026-01-02T00:00:00.000Z"}}
    await heed_notices(app, notices(written))
    assert person(app, "alice").api_tokens == [] and person(app, "alice").cookie_id != cookie
    assert app.forgotten == [] and len(person(app, "teacher").api_tokens) == 1
    cookie = person(app, "alice").cookie_id
    await heed_notices(app, notices(written))  # another hub, after a restart
    assert person(app, "alice").cookie_id == cookie
    await heed_notices(app, notices({**written, "alice": {"at": "2026-01-03T00:00:00.000Z"}}))
    assert person(app, "alice").cookie_id != cookie


async def test_whoever_is_forgotten_is_a_stranger_afterwards(app, notices):
    await heed_notices(app, notices({"alice": {"at": "2026-01-01T00:00:00.000Z", "forget": True}}))
    assert app.forgotten == ["alice"] and app.users.deleted == ["alice"]
    assert person(app, "alice") is None


@pytest.mark.parametrize("broken", ["", "[]", '{"alice": 3}', '{"alice": {}}'])
async def test_broken_notices_change_nothing(app, tmp_path, broken):
    (tmp_path / "notices.json").write_text(broken)
    cookie = person(app, "alice").cookie_id
    await heed_notices(app, Notices(tmp_path / "notices.json", tmp_path / "heeded"))
    assert person(app, "alice").cookie_id == cookie
