import asyncio
import json
import logging

import pytest
from fake_systemd import FakeSystemd
from homeroom.accounts import AccountOwners
from homeroom.admission import Admission
from homeroom.credentials import CredentialServer
from homeroom.roster import Roster
from homeroom.spawner import ClassIsFull, HomeroomSpawner, NotStarted
from homeroom.systemd import UnitState
from jupyterhub import orm
from jupyterhub.objects import Hub, Server
from jupyterhub.utils import format_exception
from jupyterhub.user import User
from traitlets.config import Config

UNIT = "homeroom-user@john\\x2ddoe.service"
URL = "http+unix://%2Frun%2Fhomeroom%2Fusers%2Fjohn-doe%2Fsocket"


@pytest.fixture
def systemd():
    return FakeSystemd()


@pytest.fixture
def spawner(tmp_path, write_roster, systemd):
    """A spawner of john-doe as the hub makes it, with everything but systemd real."""
    session = orm.new_session_factory("sqlite:///:memory:")()
    person = orm.User(name="john-doe")
    session.add(person)
    session.commit()
    HomeroomSpawner.share(
        systemd=systemd,
        credentials=CredentialServer(logging.getLogger("test")),
        owners=AccountOwners(tmp_path / "accounts.json"),
        roster=Roster(write_roster(allowed=["john-doe"], memory_limit=1024**3)),
        admission=Admission(lambda: 0, root=tmp_path),
    )
    HomeroomSpawner.endings.clear()
    hub = Hub(bind_url="http+unix://%2Frun%2Fhomeroom%2Fhub.sock/hub/", base_url="/hub/")
    config = Config({"Spawner": {"default_url": "/lab", "environment": {"CLASS": "1a"}}})
    user = User(person, {"config": config, "spawner_class": HomeroomSpawner, "hub": hub, "base_url": "/"}, db=session)
    made = user.spawner
    made.hub = hub
    made.api_token = "secret"
    server = orm.Server(base_url="/user/john-doe/")
    session.add(server)
    session.commit()
    made.server = Server(orm_server=server)
    return made


async def test_a_start_hands_over_the_environment_and_answers_with_the_socket(spawner, systemd, monkeypatch):
    offered = {}

    async def start(unit):
        offered.update(json.loads(spawner.credentials._offers[unit]))
        return await FakeSystemd.start(systemd, unit)

    monkeypatch.setattr(systemd, "start", start)
    monkeypatch.setenv("LANG", "xx")
    assert await spawner.start() == URL
    assert systemd.calls == [("start", UNIT)]
    environment = offered["environment"]
    assert environment["JUPYTERHUB_API_TOKEN"] == "secret"
    assert environment["JUPYTERHUB_API_URL"] == "http+unix://%2Frun%2Fhomeroom%2Fhub.sock/hub/api"
    assert environment["MEM_LIMIT"] == str(1024**3) and environment["CLASS"] == "1a"
    assert "PATH" not in environment and "LANG" not in environment
    assert spawner.credentials._offers == {}


async def test_the_server_s_url_survives_a_restart_of_the_hub(spawner):
    await spawner.start()
    server = spawner.server
    server.ip = ""
    spawner._server = None
    assert spawner.server is not server
    assert spawner.server.host == URL
    assert spawner.server.url == URL + "/user/john-doe/"


@pytest.mark.parametrize("left_over", ["activating", "active", "deactivating"])
async def test_a_left_over_server_is_stopped_first(spawner, systemd, left_over):
    systemd.states[UNIT] = UnitState(left_over)
    await spawner.start()
    assert systemd.calls == [("stop", UNIT), ("start", UNIT)]


@pytest.mark.parametrize(
    ("result", "state", "words"),
    [
        ("failed", UnitState("failed", "exit-code", 1, "no credentials"), "did not start: no credentials."),
        ("failed", UnitState("failed", "exit-code", 1), "did not start: it stopped with an error."),
        ("failed", UnitState("failed", "oom-kill", 9), "did not start: it ran out of memory (it may use 1 GB)."),
        ("timeout", UnitState("failed", "timeout", 0), "did not start: it took too long."),
        ("dependency", UnitState("inactive"), "did not start: its account could not be made."),
        ("once", UnitState("inactive"), "did not start: systemd reports once."),
    ],
)
async def test_a_failed_start_has_words_for_the_person(spawner, systemd, result, state, words):
    systemd.start_result, systemd.start_state = result, state
    with pytest.raises(NotStarted) as failure:
        await spawner.start()
    assert words in format_exception(failure.value, only_jupyterhub=True)[0]
    assert failure.value.status_code == 500
    assert (("reset_failed", UNIT) in systemd.calls) == (state.active == "failed")


@pytest.fixture
def offers(spawner, systemd, monkeypatch, tmp_path):
    """The modes that were offered; `offers.fail(n)` lets so many starts fail."""
    monkeypatch.setattr("homeroom.spawner.ENVIRONMENT_LINK", str(tmp_path / "environment"))
    monkeypatch.setattr(HomeroomSpawner, "broken_environment", None)
    modes = []

    async def start(unit):
        modes.append(json.loads(spawner.credentials._offers[unit])["mode"])
        systemd.start_result = "failed" if len(modes) <= start.failing else "done"
        systemd.start_state = UnitState("failed", *start.state) if len(modes) <= start.failing else UnitState("active")
        return await FakeSystemd.start(systemd, unit)

    start.failing, start.state = 0, ("exit-code", 1)
    monkeypatch.setattr(systemd, "start", start)
    return modes, start


async def test_after_two_failed_starts_the_home_s_settings_are_left_out(spawner, offers):
    modes, start = offers
    start.failing = 2
    assert await spawner.start() == URL
    assert modes == ["normal", "normal", "safe"]
    modes.clear()
    start.failing = 0
    await spawner.start()
    assert modes == ["normal"]


async def test_where_that_fails_too_the_rescue_environment_starts_everybody(spawner, offers, tmp_path):
    modes, start = offers
    start.failing = 3
    await spawner.start()
    assert modes == ["normal", "normal", "safe", "rescue"]
    modes.clear()
    start.failing = 0
    await spawner.start()
    assert modes == ["rescue"]
    (tmp_path / "environment").symlink_to(tmp_path / "repaired")
    modes.clear()
    await spawner.start()
    assert modes == ["normal"]


@pytest.mark.parametrize("state", [("oom-kill", 9), ("exit-code", 1, "the hub gave it no credentials")])
async def test_what_another_mode_does_not_help_is_not_tried_again_and_again(spawner, offers, state):
    modes, start = offers
    start.failing, start.state = 9, state
    with pytest.raises(NotStarted):
        await spawner.start()
    assert set(modes) == {"normal"} or modes[-1] == "rescue"
    if state[0] == "oom-kill":
        assert modes == ["normal"]


async def test_who_is_off_the_roster_gets_no_server(spawner, systemd, write_roster):
    write_roster(allowed=[])
    with pytest.raises(NotStarted) as refused:
        await spawner.start()
    assert "not on the list" in refused.value.jupyterhub_message
    assert systemd.calls == []


async def test_an_account_of_someone_else_is_not_used(spawner, systemd, monkeypatch):
    monkeypatch.setattr("homeroom.accounts.account_of", lambda name: "jupyter-same")
    spawner.owners.claim("first")
    with pytest.raises(NotStarted) as refused:
        await spawner.start()
    assert "belongs to another person" in refused.value.jupyterhub_message
    assert systemd.calls == []


async def test_polling_says_none_while_it_runs_and_why_it_ended(spawner, systemd):
    systemd.states[UNIT] = UnitState("active")
    assert await spawner.poll() is None
    systemd.states[UNIT] = UnitState("inactive")
    assert await spawner.poll() == 0
    systemd.states[UNIT] = UnitState("deactivating", "watchdog")
    assert await spawner.poll() == "it stopped answering"
    assert HomeroomSpawner.endings["john-doe"] == "it stopped answering"


async def test_a_systemd_that_does_not_answer_stops_nobody(spawner, systemd):
    systemd.failure = ConnectionError("no bus")
    assert await spawner.poll() is None


async def test_a_kill_while_the_kernel_kills_for_memory_is_out_of_memory(spawner, systemd, monkeypatch):
    kills = iter([0, 0, 1])
    monkeypatch.setattr("homeroom.spawner.oom_kills", lambda group: next(kills))
    systemd.states[UNIT] = UnitState("active")
    assert await spawner.poll() is None
    systemd.states[UNIT] = UnitState("failed", "signal", 9)
    assert await spawner.poll() == "it was killed"
    assert await spawner.poll() == "it ran out of memory"


async def test_an_end_is_told_at_once_and_the_failure_forgotten(spawner, systemd):
    await spawner.start()
    told = asyncio.Event()
    spawner.add_poll_callback(told.set)
    spawner.start_polling()
    systemd.states[UNIT] = UnitState("failed", "signal", 9)
    systemd.watchers[UNIT]("failed")
    await asyncio.wait_for(told.wait(), 5)
    await asyncio.sleep(0)
    assert HomeroomSpawner.endings["john-doe"] == "it was killed"
    assert systemd.calls[-1] == ("reset_failed", UNIT)
    await spawner.start()
    assert "john-doe" not in HomeroomSpawner.endings


async def test_stopping_is_no_ending(spawner, systemd):
    await spawner.start()
    told = asyncio.Event()
    spawner.add_poll_callback(told.set)

    async def stop(unit):
        systemd.watchers[UNIT]("deactivating")
        systemd.watchers[UNIT]("inactive")
        await asyncio.sleep(0.01)
        return await FakeSystemd.stop(systemd, unit)

    systemd.stop = stop
    await spawner.stop()
    await asyncio.sleep(0.01)
    assert not told.is_set()
    assert systemd.calls[-1] == ("stop", UNIT)


async def test_a_failure_while_stopping_is_forgotten_and_not_told(spawner, systemd):
    await spawner.start()

    async def stop(unit):
        systemd.states[UNIT] = UnitState("failed", "exit-code", 219)
        systemd.watchers[UNIT]("failed")

    systemd.stop = stop
    await spawner.stop()
    await asyncio.sleep(0.01)
    assert systemd.calls[-1] == ("reset_failed", UNIT)
    assert HomeroomSpawner.endings == {}


async def test_a_full_class_starts_nothing_and_says_when_to_ask_again(spawner, systemd, monkeypatch):
    monkeypatch.setattr(spawner.admission, "has_room", lambda: False)
    with pytest.raises(ClassIsFull) as refused:
        await spawner.start()
    assert systemd.calls == []
    assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "10"})
    assert "tries again" in format_exception(refused.value)[0]
    monkeypatch.setattr(spawner.admission, "has_room", lambda: True)
    assert await spawner.start() == URL
