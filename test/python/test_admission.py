import asyncio
import os

import pytest
from homeroom import admission
from homeroom.admission import SERVER_AND_KERNEL, Admission

MiB = 1024**2


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of which `free` bytes are free, and `cached` could be."""

    def have(free, cached=0, stalled="0.00"):
        pages = {"SC_AVPHYS_PAGES": free // 4096, "SC_PAGE_SIZE": 4096}
        monkeypatch.setattr(os, "sysconf", pages.__getitem__)
        parts = f"anon 99999\nactive_file {cached // 2}\ninactive_file {cached // 4}\nslab_reclaimable {cached // 4}\n"
        (tmp_path / "memory.stat").write_text(parts)
        pressure = f"some avg10=80.00 avg60=0.00 avg300=0.00 total=1\nfull avg10={stalled} avg60=0.00 avg300=0.00 total=1\n"
        (tmp_path / "memory.pressure").write_text(pressure)
        return tmp_path

    return have


def admitted(root, reserve=384 * MiB):
    return Admission(lambda: reserve, root=root, at_once=1)


@pytest.mark.parametrize(
    ("free", "cached", "room"),
    [(484, 0, True), (483, 0, False), (84, 400, True), (0, 484, True), (0, 480, False), (4000, 0, True)],
)
def test_there_is_room_while_the_reserve_stays_free(machine, free, cached, room):
    assert admitted(machine(free * MiB, cached * MiB)).has_room() is room


@pytest.mark.parametrize(("free", "stalled", "room"), [(500, "20.00", False), (500, "19.99", True), (900, "99.00", True)])
def test_a_machine_that_waits_for_memory_takes_nobody_new_unless_much_is_free(machine, free, stalled, room):
    assert admitted(machine(free * MiB, stalled=stalled)).has_room() is room


def test_where_the_kernel_does_not_say_everybody_may_start(tmp_path):
    assert admitted(tmp_path).has_room()


async def test_who_is_admitted_counts_before_the_memory_is_taken(machine):
    gate = admitted(machine(384 * MiB + 3 * SERVER_AND_KERNEL))
    release = asyncio.Event()

    async def start():
        async with gate.turn():
            await release.wait()

    starts = []
    while gate.has_room():
        starts.append(asyncio.ensure_future(start()))
        await asyncio.sleep(0)
    assert len(starts) == 3
    release.set()
    await asyncio.gather(*starts)
    assert gate.has_room()


async def test_starts_queue_in_their_order_and_a_failed_or_cancelled_one_makes_way(machine):
    gate = Admission(lambda: 0, root=machine(4000 * MiB), at_once=2)
    began = []

    async def start(name):
        async with gate.turn():
            began.append(name)
            await asyncio.sleep(0.01)
            if name == "b":
                raise RuntimeError("no")

    starts = [asyncio.ensure_future(start(name)) for name in "abcdef"]
    await asyncio.sleep(0)
    assert (began, gate.waiting) == (["a", "b"], 4)
    starts[3].cancel()
    ended = await asyncio.gather(*starts, return_exceptions=True)
    assert began == ["a", "b", "c", "e", "f"]
    assert [type(result) for result in ended if result] == [RuntimeError, asyncio.CancelledError]
    assert (gate.waiting, gate._admitted) == (0, 0)


def test_this_machine_says_how_much_it_has():
    available = admission.available_memory()
    assert available is None or available > 10 * MiB
    assert 0 <= admission.stalled_percent() <= 100
