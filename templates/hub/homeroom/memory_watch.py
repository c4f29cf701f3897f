"""Tells a student that the kernel ended a program of theirs for lack of memory, while the server itself goes on.

The kernel counts such ends in memory.events of the service's control group and wakes whoever polls the file
(cgroup-v2, "Memory"); that is sooner than the parent hears that its child is gone. JupyterLab hears of it as an event of
the server (labextensions/homeroom shows it), the journal as a line.
"""

import asyncio
import select
from pathlib import Path

from .endings import size

CGROUP_ROOT = Path("/sys/fs/cgroup")
SCHEMA = {
    "$id": "https://events.homeroom.invalid/memory",
    "version": "1",
    "title": "Out of memory",
    "description": "The kernel ended a program of this server for lack of memory.",
    "type": "object",
    "properties": {
        "message": {"type": "string", "description": "What happened, for the person; JupyterLab shows 140 characters."},
        "advice": {"type": "string", "description": "What to do about it."},
        "ended": {"type": "integer", "description": "How many programs were ended."},
        "limit": {"type": ["integer", "null"], "description": "Bytes that the server may use; null is no limit."},
    },
    "required": ["message", "advice", "ended", "limit"],
}
KERNEL_DIES_SECONDS = 0.5  # the kernel tells before the parent can see the death


def own_control_group(listing=Path("/proc/self/cgroup"), root=CGROUP_ROOT):
    """The directory of this service's control group; None where there is no cgroup v2."""
    try:
        path = next(line for line in listing.read_text().splitlines() if line.startswith("0::/"))
    except (OSError, StopIteration):
        return None
    folder = root / path.removeprefix("0::/")
    return folder if (folder / "memory.events").exists() else None


class ControlGroup:
    """A server's control group and the person's slice around it, which has the limit."""

    def __init__(self, folder):
        self.service = folder
        self.slice = folder.parent

    def limit(self):
        """Bytes of memory for everything in the slice; None where there is no limit."""
        text = (self.slice / "memory.max").read_text().strip()
        return None if text == "max" else int(text)

    def kills(self):
        """How many programs the kernel has ended here, whoever's limit it was."""
        return count(self.service, "oom_kill")

    def own_shortages(self):
        """How often the person's own limit was the reason; otherwise the whole class, or the machine, was out of memory."""
        return count(self.slice, "oom")


def count(folder, name):
    lines = (folder / "memory.events").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


class MemoryWatch:
    """Calls `tell(ended, limit, own)` in the running loop whenever programs were ended for lack of memory."""

    def __init__(self, group, tell):
        self._group = group
        self._tell = tell
        self._kills, self._shortages = group.kills(), group.own_shortages()
        self._file = (group.service / "memory.events").open("rb")
        self._poll = select.epoll()
        # Such a file is always readable; that it has changed is an exceptional condition.
        self._poll.register(self._file, select.EPOLLPRI)
        asyncio.get_running_loop().add_reader(self._poll.fileno(), self._changed)

    def _changed(self):
        self._poll.poll(0)
        self._file.seek(0)
        self._file.read()  # until it is read, it counts as changed
        kills, shortages = self._group.kills(), self._group.own_shortages()
        ended, own = kills - self._kills, shortages > self._shortages
        self._kills, self._shortages = kills, shortages
        if ended > 0:
            self._tell(ended, self._group.limit(), own)


def watch_memory(app):
    """Starts to watch for a running ServerApp; does nothing where the kernel does not count (cgroup v1)."""
    app.event_logger.register_event_schema(SCHEMA)
    folder = own_control_group()
    if folder is None:
        return
    group = ControlGroup(folder)
    show_limit(app, group)

    def tell(ended, limit, own):
        asyncio.ensure_future(report(app, ended, limit, own))

    app.homeroom_memory_watch = MemoryWatch(group, tell)


def show_limit(app, group):
    """What jupyter-resource-usage shows is the limit that holds now, not the one of the server's start."""
    display = app.web_app.settings.get("jupyter_resource_usage_display_config")
    if display is not None:
        display.mem_limit = lambda **_usage: group.limit() or 0


async def report(app, ended, limit, own):
    await asyncio.sleep(KERNEL_DIES_SECONDS)
    message, advice = words(await dead_notebooks(app), limit, own)
    app.log.warning("%s", message)
    data = {"message": message, "advice": advice, "ended": ended, "limit": limit}
    app.event_logger.emit(schema_id=SCHEMA["$id"], data=data)


async def dead_notebooks(app):
    """Paths of the notebooks whose kernels are gone and not yet restarted."""
    paths = []
    for session in await app.session_manager.list_sessions():
        kernel = app.kernel_manager.get_kernel(session["kernel"]["id"])
        if not await kernel.is_alive():
            paths.append(session["path"])
    return paths


def words(notebooks, limit, own):
    """What happened and what to do, for the person."""
    what = "a program was ended"
    if notebooks:
        name = notebooks[0].rpartition("/")[2]
        others = f" and {len(notebooks) - 1} more" if len(notebooks) > 1 else ""
        what = f"the kernel of {name if len(name) <= 40 else name[:39] + '…'}{others} was ended"
    if own and limit is not None:
        return (
            f"Out of memory: {what}. Your server had used up its {size(limit)}.",
            "What you have saved is still there. Use less data at a time, shut down kernels that you do not need, or ask "
            "your teacher for a higher limit.",
        )
    return (
        f"Out of memory: {what}. The whole class has used up the machine's memory.",
        "What you have saved is still there. Shut down kernels that you do not need and try again, or tell your teacher.",
    )

