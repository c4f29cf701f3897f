"""systemd over D-Bus: start and stop units, ask for their state, hear at once when one ends.

The interface is org.freedesktop.systemd1(5). One connection serves all spawners and is made again when it is lost.
"""

import asyncio
from dataclasses import dataclass

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

SYSTEMD = "org.freedesktop.systemd1"
ROOT = "/org/freedesktop/systemd1"
MANAGER = f"{SYSTEMD}.Manager"
UNIT = f"{SYSTEMD}.Unit"
SERVICE = f"{SYSTEMD}.Service"
PROPERTIES = "org.freedesktop.DBus.Properties"
REMEMBER_JOBS_SECONDS = 10


class SystemdError(Exception):
    """systemd or the bus refused a call; `name` is the D-Bus error's name."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


@dataclass(frozen=True)
class UnitState:
    """ActiveState and Result as in org.freedesktop.systemd1(5), how the main process ended and what it said last."""

    active: str
    result: str = "success"
    exit_status: int = 0
    status_text: str = ""

    @property
    def running(self):
        return self.active in ("active", "activating", "reloading", "refreshing")

    @property
    def present(self):
        """Whether any of its processes may still be there."""
        return self.running or self.active == "deactivating"


class Systemd:
    """A client of systemd's manager; `address` is only for tests, which bring a bus of their own."""

    def __init__(self, address=None):
        self._address = address
        self._bus = None
        self._connecting = asyncio.Lock()
        self._jobs = {}
        self._ended_early = {}
        self._watchers = {}

    async def start(self, unit):
        """Starts the unit; answers with the job's result ("done", "failed", "dependency", "timeout", …)."""
        return await self._job("StartUnit", unit)

    async def stop(self, unit):
        """Stops the unit and waits until it has ended; a unit that does not run counts as stopped."""
        return await self._job("StopUnit", unit)

    async def reset_failed(self, unit):
        """Forgets that the unit failed, so that the machine does not count as degraded."""
        await self._manager("ResetFailedUnit", "s", [unit])

    async def state(self, unit):
        """The unit's state now."""
        path = unit_path(unit)
        active = await self._property(path, UNIT, "ActiveState")
        if active not in ("failed", "deactivating"):
            return UnitState(active)
        return UnitState(
            active,
            await self._property(path, SERVICE, "Result"),
            await self._property(path, SERVICE, "ExecMainStatus"),
            await self._property(path, SERVICE, "StatusText"),
        )

    def watch(self, unit, changed):
        """Calls `changed(active_state)` at each change from now on; again for the same unit replaces the call."""
        self._watchers[unit_path(unit)] = changed

    def unwatch(self, unit):
        self._watchers.pop(unit_path(unit), None)

    async def connect(self):
        """Connects where that has not been done; all calls do it by themselves."""
        async with self._connecting:
            if self._bus is not None and self._bus.connected:
                return self._bus
            self._lose_jobs()
            bus = MessageBus(bus_address=self._address, bus_type=BusType.SYSTEM)
            await bus.connect()
            bus.add_message_handler(self._received)
            for rule in (
                f"type='signal',sender='{SYSTEMD}',interface='{MANAGER}',member='JobRemoved'",
                f"type='signal',sender='{SYSTEMD}',interface='{PROPERTIES}',member='PropertiesChanged',"
                f"path_namespace='{ROOT}/unit',arg0='{UNIT}'",
            ):
                await call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", [rule])
            await call(bus, SYSTEMD, ROOT, MANAGER, "Subscribe")
            self._bus = bus
            asyncio.ensure_future(self._await_loss(bus))
            return bus

    async def _await_loss(self, bus):
        try:
            await bus.wait_for_disconnect()
        except Exception:  # however it was lost, whoever waits must hear of it
            pass
        if self._bus is bus:
            self._bus = None
            self._lose_jobs()

    def _lose_jobs(self):
        for waiting in self._jobs.values():
            if not waiting.done():
                waiting.set_exception(SystemdError("disconnected", "the connection to systemd was lost"))
        self._jobs.clear()

    async def _job(self, member, unit):
        job = await self._manager(member, "ss", [unit, "replace"])
        if job in self._ended_early:
            return self._ended_early.pop(job)
        self._jobs[job] = asyncio.get_running_loop().create_future()
        try:
            return await self._jobs[job]
        finally:
            self._jobs.pop(job, None)

    async def _manager(self, member, signature, body):
        return await call(await self.connect(), SYSTEMD, ROOT, MANAGER, member, signature, body)

    async def _property(self, path, interface, name):
        bus = await self.connect()
        return (await call(bus, SYSTEMD, path, PROPERTIES, "Get", "ss", [interface, name])).value

    def _received(self, message):
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "JobRemoved":
            _number, job, _unit, result = message.body
            waiting = self._jobs.get(job)
            if waiting is None:  # a job may end before the answer to StartUnit is read
                self._ended_early[job] = result
                asyncio.get_running_loop().call_later(REMEMBER_JOBS_SECONDS, self._ended_early.pop, job, None)
            elif not waiting.done():
                waiting.set_result(result)
        elif message.member == "PropertiesChanged" and message.path in self._watchers:
            active = message.body[1].get("ActiveState")
            if active is not None:
                self._watchers[message.path](active.value)


async def call(bus, destination, path, interface, member, signature="", body=()):
    """One method call; gives the first value of the answer, raises SystemdError where it is an error."""
    answer = await bus.call(
        Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(body),
        )
    )
    if answer.message_type is MessageType.ERROR:
        raise SystemdError(answer.error_name, answer.body[0] if answer.body else "")
    return answer.body[0] if answer.body else None


def unit_path(unit):
    """The object path of a unit, escaped as sd_bus_path_encode(3) says."""

    def one(index, byte):
        char = chr(byte)
        plain = char.isascii() and char.isalnum() and not (index == 0 and char.isdigit())
        return char if plain else f"_{byte:02x}"

    return f"{ROOT}/unit/" + "".join(one(index, byte) for index, byte in enumerate(unit.encode()))
