"""How it is known who is at work, so that the culler stops nobody who is.

Servers report their last activity to the hub (JUPYTERHUB_ACTIVITY_INTERVAL); the proxy knows when a browser was there.
"""

import asyncio
import os
import time
from datetime import datetime, timezone
from pathlib import Path

LONGEST_INTERVAL = 300  # JupyterHub's own, seconds
JITTER = 1.2  # jupyterhub.singleuser adds or takes a tenth
RETRIES_SECONDS = 15  # its longest pause while the hub does not answer
LOOK_SECONDS = 5
BUSY_SHARE = 0.05  # of one processor; a server that only waits takes less than a hundredth


def reporting_interval(cull_timeout):
    """Every how many seconds servers report: often enough that nobody at work looks idle for the whole timeout."""
    return min(LONGEST_INTERVAL, max(5, cull_timeout // 4))


class CullArbiter:
    """Whether a server is to be stopped for being idle: jupyterhub-idle-culler's cull_arbiter_hook.

    What the hub knows of a server may be old: after a time without the hub, a restart of this process or of the machine,
    nobody is stopped until each server has had the time to report. One that runs since before the timeout was set may
    still report at the longest interval.
    """

    def __init__(self, timeout, every, now=lambda: datetime.now(timezone.utc).timestamp()):
        self._settle = reporting_interval(timeout) * JITTER + RETRIES_SECONDS
        self._gap = every * 2 + 10
        self._now = now
        self._began = now()
        self._last = self._settled = None

    def __call__(self, *, inactive, inactive_limit, server, **_more):
        now = self._now()
        if self._last is None or now - self._last > self._gap:
            self._settled = now + self._settle
        self._last = now
        if now < self._settled or inactive is None:
            return False
        limit = max(inactive_limit, LONGEST_INTERVAL * JITTER) if self._is_older(server) else inactive_limit
        return inactive.total_seconds() >= limit

    def _is_older(self, server):
        started = server.get("started")
        return not started or datetime.fromisoformat(started).timestamp() < self._began


class ComputingWatch:
    """Notes in a running ServerApp when something of its person's computed last, browser or not.

    That is a kernel that executes a cell, and whatever takes processor time: programs of a terminal, too.
    """

    def __init__(self, app, clock=time.monotonic, proc=Path("/proc")):
        self._app = app
        self._clock = clock
        self._proc = proc
        self._looked, self._used = clock(), self._processor_seconds()

    def look(self):
        now, used = self._clock(), self._processor_seconds()
        share = (used - self._used) / max(now - self._looked, 0.001)
        self._looked, self._used = now, used
        if share >= BUSY_SHARE or self._executes():
            self._app.web_app.settings["last_activity_times"]["homeroom_computing"] = datetime.now(timezone.utc)

    def _executes(self):
        return any(model["execution_state"] == "busy" for model in self._app.kernel_manager.list_kernels())

    def _processor_seconds(self):
        """Of all processes of this account, and of those of their children that have ended (proc_pid_stat(5))."""
        return sum(self._ticks_of(process) for process in self._proc.glob("[0-9]*")) / os.sysconf("SC_CLK_TCK")

    def _ticks_of(self, process):
        try:
            if process.stat().st_uid != os.getuid():
                return 0
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            return 0
        return sum(int(field) for field in fields[11:15])


def watch_computing(app):
    """Starts a ComputingWatch for as long as the server runs."""
    watch = ComputingWatch(app)

    async def look_again_and_again():
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            watch.look()

    app.homeroom_computing_watch = asyncio.ensure_future(look_again_and_again())
