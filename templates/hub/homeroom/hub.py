"""JupyterHub as a service of systemd: on a socket that systemd holds, saying when it is ready, draining when it stops."""

import asyncio
import os

import tornado.netutil
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.crypto import CryptKeeper
from jupyterhub.spawner import Spawner
from traitlets import default

from .metrics import register_metrics
from .notify import notify, take_listening_sockets, take_notify_socket
from .people_api import behind_roster
from .requests_in_flight import RequestsInFlight
from .roster_sync import follow_roster
from .spawner import HomeroomSpawner

DRAIN_SECONDS = 3
QUIET_SECONDS = 0.1  # a connection that was just accepted has its request still to come


class HomeroomHub(JupyterHub):
    """The hub's application; its configuration sets what HomeroomSpawner shares."""

    notices = None  # set by the configuration
    shut_out_names = frozenset()  # whose sessions the roster has ended
    name = "jupyterhub"  # else the command line and the configuration of JupyterHub would not be found

    @default("classes")
    def _load_classes(self):
        """Not every authenticator that is installed: for help texts JupyterHub would import them all (14 MB, 0.3 s)."""
        return [Spawner, Authenticator, CryptKeeper]

    @default("tornado_settings")
    def _keep_cookies_from_other_sites(self):
        """A login service leads back by a link, with which browsers send these cookies; forged forms come without."""
        return {"cookie_options": {"samesite": "Lax"}}

    def initialize_systemd(self):
        self._notify_socket = take_notify_socket()
        self._sockets = take_listening_sockets()
        self._tasks = []
        self._requests = None
        if held := self._sockets.get("hub"):
            # JupyterHub binds a socket of its own where it starts; ours outlives it, and queues who comes meanwhile.
            tornado.netutil.bind_unix_socket = lambda *_args, **_options: held

    def init_handlers(self):
        super().init_handlers()
        self.handlers = [behind_roster(handler) for handler in self.handlers]

    async def initialize(self, *args, **kwargs):
        self.initialize_systemd()
        await super().initialize(*args, **kwargs)

    async def start(self):
        if listening := self._sockets.get("credentials"):
            self._run(HomeroomSpawner.credentials.serve(listening))
        await super().start()
        register_metrics()
        self._requests = RequestsInFlight(self.http_server, self.tornado_application)
        self._run(follow_roster(self, HomeroomSpawner.roster, self.notices))
        notify(self._notify_socket, "READY=1")
        if interval := int(os.environ.pop("WATCHDOG_USEC", "0")):
            self._run(self._feed_watchdog(interval / 3e6))

    async def shutdown_cancel_tasks(self, sig=None):
        notify(self._notify_socket, "STOPPING=1")
        await self._drain()
        await super().shutdown_cancel_tasks(sig)

    async def _drain(self):
        """Takes no new connections (systemd keeps them for the next hub) and lets requests in flight end."""
        if self.http_server is None:
            return
        self.http_server.stop()
        clock = asyncio.get_running_loop().time
        deadline = clock() + DRAIN_SECONDS
        quiet_since = clock()
        while clock() < deadline and clock() - quiet_since < QUIET_SECONDS:
            await asyncio.sleep(0.01)
            if self._requests:
                quiet_since = clock()

    async def _feed_watchdog(self, seconds):
        while True:
            notify(self._notify_socket, "WATCHDOG=1")
            await asyncio.sleep(seconds)

    def _run(self, coroutine):
        self._tasks.append(asyncio.ensure_future(coroutine))
