import asyncio
import subprocess

import pytest
from dbus_fast.aio import MessageBus
from fake_systemd import BusSystemd
from homeroom.systemd import Systemd, SystemdError, unit_path

UNIT = "homeroom-user@a\\x2db.service"


@pytest.fixture
async def bus(tmp_path):
    """A bus of our own, and a systemd on it."""
    address = f"unix:path={tmp_path}/bus"
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}", "--print-address"],
        stdout=subprocess.PIPE,
    )
    await asyncio.to_thread(daemon.stdout.readline)
    connection = await MessageBus(bus_address=address).connect()
    systemd = BusSystemd(connection)
    await systemd.own_name()
    systemd.address, systemd.daemon = address, daemon
    yield systemd
    connection.disconnect()
    daemon.terminate()
    daemon.wait()
    daemon.stdout.close()


async def test_a_start_ends_with_its_job(bus):
    client = Systemd(bus.address)
    assert await client.start(UNIT) == "done"
    bus.result = "timeout"
    assert await client.start(UNIT) == "timeout"
    assert bus.calls[-1][0::2] == ("StartUnit", [UNIT, "replace"])
    assert [call[0] for call in bus.calls].count("Subscribe") == 1


async def test_a_job_that_ends_before_the_answer_is_not_missed(bus):
    bus.before_answer = True
    assert await asyncio.wait_for(Systemd(bus.address).start(UNIT), 5) == "done"


async def test_twenty_jobs_at_once_have_one_connection(bus):
    client = Systemd(bus.address)
    assert await asyncio.gather(*[client.start(f"homeroom-user@{i}.service") for i in range(20)]) == ["done"] * 20
    assert [call[0] for call in bus.calls].count("Subscribe") == 1


async def test_a_state_says_why_it_ended(bus):
    client = Systemd(bus.address)
    assert (await client.state(UNIT)).running
    bus.properties.update(ActiveState="failed", Result="oom-kill", ExecMainStatus=9, StatusText="bye")
    state = await client.state(UNIT)
    assert (state.running, state.result, state.exit_status, state.status_text) == (False, "oom-kill", 9, "bye")
    assert bus.calls[-1][1] == unit_path(UNIT)


async def test_a_change_is_heard(bus):
    client = Systemd(bus.address)
    await client.connect()
    heard = asyncio.Queue()
    client.watch(UNIT, heard.put_nowait)
    bus.tell_state(unit_path("other.service"), "failed")
    bus.tell_state(unit_path(UNIT), "deactivating")
    assert await asyncio.wait_for(heard.get(), 5) == "deactivating"
    client.unwatch(UNIT)
    bus.tell_state(unit_path(UNIT), "failed")
    await client.state(UNIT)
    assert heard.empty()


async def test_a_refusal_is_an_error_with_its_name(bus):
    with pytest.raises(SystemdError, match="Permission denied") as refused:
        await Systemd(bus.address).reset_failed("refused.service")
    assert refused.value.name == "org.freedesktop.DBus.Error.AccessDenied"


async def test_a_lost_bus_ends_what_waits_for_it(bus):
    client = Systemd(bus.address)
    await client.connect()
    bus._job = lambda message: bus.daemon.terminate()  # noqa: SLF001 - never answers
    with pytest.raises((SystemdError, EOFError, ConnectionError)):
        await asyncio.wait_for(client.start(UNIT), 5)


def test_paths_are_escaped_as_the_bus_wants_them():
    assert unit_path("1a.service").endswith("/unit/_31a_2eservice")
    assert unit_path(UNIT).endswith("/unit/homeroom_2duser_40a_5cx2db_2eservice")
