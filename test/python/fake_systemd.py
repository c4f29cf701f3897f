"""A systemd of two kinds for tests: a service on a bus of its own, and an object in place of the client."""

import asyncio
from dataclasses import dataclass, field

from dbus_fast import Message, MessageType, Variant
from homeroom.systemd import MANAGER, PROPERTIES, ROOT, SYSTEMD, UNIT, UnitState


class BusSystemd:
    """Answers on the bus as org.freedesktop.systemd1 does; what it was asked is in `calls`."""

    def __init__(self, bus):
        self.bus = bus
        self.calls = []
        self.result = "done"
        self.before_answer = False  # the job ends before the call that made it is answered
        self.properties = {"ActiveState": "active", "Result": "success", "ExecMainStatus": 0, "StatusText": ""}
        self.jobs = 0
        bus.add_message_handler(self._called)

    def _called(self, message):
        if message.message_type is not MessageType.METHOD_CALL or not message.path.startswith(ROOT):
            return None
        self.calls.append((message.member, message.path, message.body))
        if message.member in ("StartUnit", "StopUnit"):
            return self._job(message)
        if message.member == "Get":
            value = self.properties[message.body[1]]
            return Message.new_method_return(message, "v", [Variant("i" if isinstance(value, int) else "s", value)])
        if message.member == "ResetFailedUnit" and message.body[0] == "refused.service":
            return Message.new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "Permission denied")
        return Message.new_method_return(message)

    def _job(self, message):
        self.jobs += 1
        job = f"{ROOT}/job/{self.jobs}"
        ended = Message.new_signal(
            ROOT, MANAGER, "JobRemoved", "uoss", [self.jobs, job, message.body[0], self.result]
        )
        answer = Message.new_method_return(message, "o", [job])
        if self.before_answer:
            self.bus.send(ended)
            return answer
        asyncio.get_running_loop().call_later(0.02, self.bus.send, ended)
        return answer

    def tell_state(self, path, active):
        changed = {"ActiveState": Variant("s", active)}
        self.bus.send(Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [UNIT, changed, []]))

    async def own_name(self):
        await self.bus.request_name(SYSTEMD)


@dataclass
class FakeSystemd:
    """In place of homeroom.systemd.Systemd: units are states in a dictionary."""

    states: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    watchers: dict = field(default_factory=dict)
    start_result: str = "done"
    start_state: UnitState = UnitState("active")
    failure: Exception = None

    async def start(self, unit):
        self.calls.append(("start", unit))
        self.states[unit] = self.start_state
        return self.start_result

    async def stop(self, unit):
        self.calls.append(("stop", unit))
        self.states[unit] = UnitState("inactive")
        return "done"

    async def reset_failed(self, unit):
        self.calls.append(("reset_failed", unit))
        self.states[unit] = UnitState("inactive")

    async def state(self, unit):
        if self.failure:
            raise self.failure
        return self.states.get(unit, UnitState("inactive"))

    def watch(self, unit, changed):
        self.watchers[unit] = changed

    def unwatch(self, unit):
        self.watchers.pop(unit, None)
