import asyncio
import os
import select
from types import SimpleNamespace

import pytest
from homeroom import memory_watch
from homeroom.endings import size
from homeroom.memory_watch import ControlGroup, MemoryWatch, dead_notebooks, own_control_group, words

GB = 1024**3


@pytest.fixture
def group(tmp_path):
    """The control group of a server in the slice of its person, as cgroup v2 shows them."""
    service = tmp_path / "homeroom.slice/homeroom-users-alice.slice/homeroom-user@alice.service"
    service.mkdir(parents=True)
    made = ControlGroup(service)
    write(made, kills=0, shortages=0)
    (made.slice / "memory.max").write_text(f"{GB}\n")
    return made


def write(group, kills, shortages):
    (group.service / "memory.events").write_text(f"low 0\nhigh 0\nmax 9\noom 0\noom_kill {kills}\noom_group_kill 0\n")
    (group.slice / "memory.events").write_text(f"low 0\nhigh 0\nmax 99\noom {shortages}\noom_kill {kills}\n")


def test_its_own_control_group_is_found_where_the_kernel_has_one(tmp_path, group):
    listing = tmp_path / "cgroup"
    listing.write_text(f"1:name=systemd:/x\n0::/{group.service.relative_to(tmp_path)}\n")
    assert own_control_group(listing, tmp_path) == group.service
    listing.write_text("1:name=systemd:/x\n0::/elsewhere\n")
    assert own_control_group(listing, tmp_path) is None
    listing.write_text("12:memory:/x\n1:name=systemd:/x\n")
    assert own_control_group(listing, tmp_path) is None
    assert own_control_group(tmp_path / "nothing", tmp_path) is None


def test_figures_are_read_as_the_kernel_writes_them(group):
    write(group, kills=3, shortages=2)
    assert (group.kills(), group.own_shortages(), group.limit()) == (3, 2, GB)
    (group.slice / "memory.max").write_text("max\n")
    assert group.limit() is None


class PipeInPlaceOfTheKernel:
    """epoll of a file of cgroup v2: only the kernel can make such a file, so a pipe says that it has changed."""

    def __init__(self):
        self.read_end, self.write_end = os.pipe()
        self.events = None

    def register(self, file, events):
        self.events = events

    def fileno(self):
        return self.read_end

    def poll(self, _timeout):
        os.read(self.read_end, 1)


async def test_each_end_is_told_once_with_its_reason(group, monkeypatch):
    kernel = PipeInPlaceOfTheKernel()
    monkeypatch.setattr(memory_watch.select, "epoll", lambda: kernel)
    told = []
    write(group, kills=5, shortages=5)  # what was before the watch began is nobody's news
    MemoryWatch(group, lambda *what: told.append(what))
    assert kernel.events == select.EPOLLPRI
    for kills, shortages in [(5, 6), (7, 7), (7, 7), (8, 7)]:
        write(group, kills, shortages)
        os.write(kernel.write_end, b"x")
        await asyncio.sleep(0.01)
    assert told == [(2, GB, True), (1, GB, False)]
    asyncio.get_running_loop().remove_reader(kernel.read_end)


async def test_the_notebooks_are_named_whose_kernels_died():
    def kernel(alive):
        async def is_alive():
            return alive

        return SimpleNamespace(is_alive=is_alive)

    kernels = {"1": kernel(True), "2": kernel(False)}
    sessions = [{"path": "good.ipynb", "kernel": {"id": "1"}}, {"path": "eats.ipynb", "kernel": {"id": "2"}}]

    async def list_sessions():
        return sessions

    app = SimpleNamespace(
        session_manager=SimpleNamespace(list_sessions=list_sessions),
        kernel_manager=SimpleNamespace(get_kernel=kernels.__getitem__),
    )
    assert await dead_notebooks(app) == ["eats.ipynb"]


@pytest.mark.parametrize(
    ("notebooks", "limit", "own", "expected"),
    [
        (["x/a.ipynb"], GB, True, "the kernel of a.ipynb was ended. Your server had used up its 1 GB."),
        (["a.ipynb", "b.ipynb"], GB, True, "the kernel of a.ipynb and 1 more was ended"),
        (["a" * 90 + ".ipynb"], GB, True, "a… was ended"),
        ([], GB // 2, True, "a program was ended. Your server had used up its 512 MB."),
        ([], GB, False, "The whole class has used up the machine's memory."),
        ([], None, True, "The whole class has used up the machine's memory."),
    ],
)
def test_words_name_the_limit_and_what_to_do(notebooks, limit, own, expected):
    message, advice = words(notebooks, limit, own)
    assert message.startswith("Out of memory: ") and expected in message
    assert len(message) <= 140  # JupyterLab cuts off the rest
    assert "still there" in advice and "teacher" in advice


@pytest.mark.parametrize(
    ("limit", "text"), [(GB, "1 GB"), (3 * GB // 2, "1.5 GB"), (704 * 1024**2, "704 MB"), (2176 * 1024**2, "2.12 GB")]
)
def test_sizes_are_said_as_people_do(limit, text):
    assert size(limit) == text
