"""Starts and stops a person's notebook server: the unit homeroom-user@<instance>.service, over D-Bus.

Readiness is the unit's own (Type=notify): the start job ends when the server accepts connections. That a server
ended is heard at once, by signal; JupyterHub's polling is only the second line.
"""

import asyncio
import os
import time
from urllib.parse import quote

from jupyterhub.spawner import Spawner, SpawnException

from .accounts import AccountTaken, instance_of, slice_of, unit_of
from .endings import oom_kills, words_for_job, words_for_state

# How a server is started after so many failures in a row: a broken home or environment locks nobody out.
MODES = ("normal", "normal", "safe", "rescue")
WORTH_ANOTHER_TRY = ("exit-code", "signal", "core-dump")
ENVIRONMENT_LINK = "/opt/homeroom/environment"
ENVIRONMENT_PREFIXES = ("JUPYTERHUB_", "JPY_", "MEM_", "CPU_")


class NotStarted(SpawnException):
    """A server that was not started; `message` is for the person, on every page that shows it."""

    @property
    def jupyterhub_message(self):
        return self.message


class ClassIsFull(NotStarted):
    """The machine has no memory for one more server; the page that says so asks again by itself."""

    retry_seconds = 10

    def __init__(self):
        super().__init__(
            "The class is full: the machine has no memory for one more server just now. Whoever is working keeps their "
            f"server. This page tries again every {self.retry_seconds} seconds; a place gets free when somebody stops "
            "their server, or leaves it alone for a while.",
            reason="full",
            status_code=503,
        )
        self.headers = {"Retry-After": str(self.retry_seconds)}


class HomeroomSpawner(Spawner):
    """One server a person. What all spawners share is set on the class by `share` before the hub starts."""

    @classmethod
    def share(cls, *, systemd, credentials, owners, roster, admission):
        """Not traits: traitlets would give each spawner a copy."""
        cls.systemd, cls.credentials, cls.owners = systemd, credentials, owners
        cls.roster, cls.admission = roster, admission

    # ServerApp refuses a socket together with any other address than these defaults.
    ip = "127.0.0.1"
    port = 8888

    choices = {}  # of server_start.py, the same for everybody

    endings = {}  # name -> why the server ended, until it is started again; for not_running.html

    broken_environment = None  # what the link led to when only the rescue environment started a server

    _failed_starts = 0
    _starting = False
    _stopping = False
    _oom_kills = None

    @property
    def account(self):
        return self.owners.claim(self.user.name)

    @property
    def unit(self):
        return unit_of(self.account)

    @property
    def url(self):
        """Where the server listens, as JupyterHub and the proxy write it."""
        path = f"/run/homeroom/users/{instance_of(self.account)}/socket"
        return "http+unix://" + quote(path, safe="")

    # JupyterHub stores protocol, address and port alone, and appends a port: give it the true url at each reading.
    @property
    def server(self):
        server = Spawner.server.fget(self)
        if server is not None and not server.connect_url:
            server.connect_url = self.url
        return server

    @server.setter
    def server(self, server):
        Spawner.server.fset(self, server)

    async def start(self):
        """Starts the unit and returns when it accepts connections; raises NotStarted with words for the person."""
        self._refuse_strangers()
        self._refuse_where_the_class_is_full()
        self.mem_limit, self.cpu_limit = self.roster.limits(self.user.name)
        self._starting = True
        try:
            async with self.admission.turn():
                await self._start_unit(self.unit)
        finally:
            self._starting = False
        self.endings.pop(self.user.name, None)
        self.server.connect_url = self.url
        return self.url

    async def stop(self, now=False):
        self._stopping = True
        try:
            await self.systemd.stop(self.unit)
        finally:
            self._stopping = False

    async def poll(self):
        """None while the server runs, else 0 or why it ended. JupyterHub stops what it cannot poll: never raises."""
        try:
            state = await self.systemd.state(self.unit)
        except Exception as error:
            self.log.warning("Cannot ask systemd about %s, taking it for running: %s", self._log_name, error)
            return None
        if state.running:
            self._oom_kills = oom_kills(slice_of(self.account))
            return None
        if state.result == "success":
            return 0
        self._remember(state)
        return self.endings[self.user.name]

    async def progress(self):
        """What the waiting page shows; JupyterHub itself adds that the server is up, or why it is not."""
        if self.admission.waiting:
            yield {"progress": 10, "message": f"{self.admission.waiting} servers wait for their turn to start."}
        else:
            yield {"progress": 50, "message": "Your server is starting."}

    def start_polling(self):
        self.systemd.watch(self.unit, self._state_changed)  # also after the hub has restarted
        super().start_polling()

    async def _start_unit(self, unit):
        self.systemd.watch(unit, self._state_changed)
        if (await self.systemd.state(unit)).present:  # left over from a hub that died while it started, or still ending
            await self.systemd.stop(unit)
        self._oom_kills = oom_kills(slice_of(self.account))
        began = time.monotonic()
        while True:
            mode = self._mode()
            with self.credentials.offer(unit, self._server_environment(), self.get_args(), mode=mode, **self.choices):
                result = await self.systemd.start(unit)
            if result == "done":
                break
            state = await self.systemd.state(unit)
            failure = await self._failure(result)
            if "no credentials" in state.status_text:  # it was the hub that failed, not the server
                raise failure
            if result in ("failed", "timeout"):
                self._failed_starts += 1
            quick = time.monotonic() - began < self.start_timeout / 3
            if mode == "rescue" or not quick or result != "failed" or state.result not in WORTH_ANOTHER_TRY:
                raise failure
            self.log.warning("%s did not start (%s), trying again: %s", unit, mode, failure.log_message)
        if mode == "rescue":
            HomeroomSpawner.broken_environment = os.path.realpath(ENVIRONMENT_LINK)
        if mode != "normal":
            self.log.warning("%s runs in %s mode", unit, mode)
        self._failed_starts = 0

    def _mode(self):
        if self.broken_environment == os.path.realpath(ENVIRONMENT_LINK):
            return "rescue"
        return MODES[min(self._failed_starts, len(MODES) - 1)]

    def _server_environment(self):
        return {
            name: value
            for name, value in self.get_env().items()
            if name.startswith(ENVIRONMENT_PREFIXES) or name in self.environment
        }

    def _refuse_strangers(self):
        if not self.roster.lets_in(self.user.name):
            raise NotStarted(f"{self.user.name} is not on the list of this hub any more.", reason="roster", status_code=403)
        try:
            self.owners.claim(self.user.name)
        except AccountTaken as taken:
            raise NotStarted(
                f"The name {self.user.name} leads to the account {taken}, which belongs to another person. "
                "The admin can give you another name.",
                reason="account",
                status_code=403,
            ) from None

    def _refuse_where_the_class_is_full(self):
        if not self.admission.has_room():
            raise ClassIsFull()

    async def _failure(self, result):
        state = await self.systemd.state(self.unit)
        words = words_for_job(result)
        if state.active == "failed":
            self._remember(state)
            words = words or state.status_text or self.endings[self.user.name]
            await self._forget_failure()
        words = words or f"systemd reports {result}"
        return NotStarted(
            f"Your server did not start: {words}.",
            reason=result,
            status_code=500,
            log_message=f"{self.unit}: {result}, {state.result} (status {state.exit_status})",
        )

    def _remember(self, state):
        before, now = self._oom_kills, oom_kills(slice_of(self.account))
        out_of_memory = before is not None and now is not None and now > before
        self.endings[self.user.name] = words_for_state(state, out_of_memory, self.mem_limit)

    def _state_changed(self, active):
        if active in ("deactivating", "failed", "inactive"):
            asyncio.ensure_future(self._ended(active, wanted=self._stopping))

    async def _ended(self, active, wanted):
        """Tells JupyterHub what ended by itself, and lets systemd forget the failure once its reason is known."""
        if self.ready and not wanted:
            await self.poll_and_notify()
        if active == "failed" and not self._starting:
            if not wanted:
                await self.poll()
            await self._forget_failure()

    async def _forget_failure(self):
        try:
            await self.systemd.reset_failed(self.unit)
        except Exception as error:
            self.log.warning("%s stays marked as failed: %s", self.unit, error)
