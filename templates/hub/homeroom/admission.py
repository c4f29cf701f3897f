"""Lets a new server start only where the machine has room for it, and only a few at a time.

Servers that run keep what they have: what is short is refused to whoever comes new, with a page that asks again by
itself. Many starts at once are admitted one by one, each counted with what it will need, so that it is the room that
decides and not who was first; then they queue, since more of them at once than processors only slow each other down.
"""

import asyncio
import contextlib
import os
from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")
MiB = 1024**2
SERVER_AND_KERNEL = 100 * MiB  # a lean server takes 50, a kernel in it 40
STALLED_PERCENT = 20  # of the last ten seconds, in which every program of the machine waited for memory


class Admission:
    """Who may start now. `reserve` is asked each time: bytes that stay free for the system, the hub and the proxy."""

    def __init__(self, reserve, root=CGROUP_ROOT, at_once=None):
        self._reserve = reserve
        self._root = root
        self._slots = asyncio.Semaphore(at_once or (os.cpu_count() or 1) + 1)
        self._admitted = 0  # bytes that servers will take which are admitted and not up yet
        self.waiting = 0

    def has_room(self):
        """Whether one more server fits. True where the kernel does not say (cgroup v1)."""
        available = available_memory(self._root)
        if available is None:
            return True
        left = available - self._admitted - SERVER_AND_KERNEL - self._reserve()
        return left >= 0 and (left >= self._reserve() or stalled_percent(self._root) < STALLED_PERCENT)

    @contextlib.asynccontextmanager
    async def turn(self):
        """Waits for its turn; meanwhile and within, the room for one server counts as taken."""
        self._admitted += SERVER_AND_KERNEL
        self.waiting += 1
        try:
            try:
                await self._slots.acquire()
            finally:
                self.waiting -= 1
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._admitted -= SERVER_AND_KERNEL


def available_memory(root=CGROUP_ROOT):
    """Bytes that programs can still have: what is free, and what the kernel gives up by itself; None where unknown.

    As MemAvailable in proc_meminfo(5), which the hub cannot read (ProcSubset=pid).
    """
    try:
        stat = dict(line.split() for line in (root / "memory.stat").read_text().splitlines())
    except OSError:
        return None
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return free + sum(int(stat.get(name, 0)) for name in ("active_file", "inactive_file", "slab_reclaimable"))


def stalled_percent(root=CGROUP_ROOT):
    """Percent of the last ten seconds in which everything waited for memory (pressure stall information); 0 unknown."""
    try:
        lines = (root / "memory.pressure").read_text().splitlines()
    except OSError:
        return 0
    full = next((line for line in lines if line.startswith("full ")), "full avg10=0")
    return float(full.split()[1].removeprefix("avg10="))
