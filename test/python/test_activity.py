import os
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from homeroom.activity import ComputingWatch, CullArbiter, reporting_interval
from homeroom.endings import words_for_culled


@pytest.mark.parametrize(("timeout", "interval"), [(7200, 300), (1200, 300), (600, 150), (60, 15), (10, 5)])
def test_servers_report_several_times_within_the_timeout(timeout, interval):
    assert reporting_interval(timeout) == interval


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now

    def iso(self, seconds_ago):
        return datetime.fromtimestamp(self.now - seconds_ago, timezone.utc).isoformat()


@pytest.fixture
def clock():
    return Clock()


def asks(arbiter, idle, server, limit=60):
    return arbiter(inactive=timedelta(seconds=idle), inactive_limit=limit, server=server)


def test_nobody_is_stopped_before_everybody_had_the_time_to_report(clock):
    arbiter = CullArbiter(timeout=60, every=10, now=clock)
    server = {"started": clock.iso(-1)}
    settle = 15 * 1.2 + 15
    for _ in range(3):
        assert not asks(arbiter, 5000, server)
        clock.now += 10
    clock.now += settle - 30
    assert asks(arbiter, 60, server)
    assert not asks(arbiter, 59, server)


def test_after_a_time_without_the_hub_it_waits_again(clock):
    arbiter = CullArbiter(timeout=60, every=10, now=clock)
    server = {"started": clock.iso(-1)}
    asks(arbiter, 0, server)
    clock.now += 60
    assert asks(arbiter, 5000, server)
    clock.now += 31
    assert not asks(arbiter, 5000, server)
    clock.now += 33
    assert asks(arbiter, 5000, server)


@pytest.mark.parametrize("started", [100, None])
def test_one_from_before_the_timeout_was_set_may_report_seldom(clock, started):
    server = {"started": started and clock.iso(started)}
    arbiter = CullArbiter(timeout=60, every=10, now=clock)
    asks(arbiter, 0, server)
    clock.now += 60
    assert not asks(arbiter, 359, server)
    assert asks(arbiter, 360, server)
    assert asks(arbiter, 7200, server, limit=7200)
    assert not asks(arbiter, 7199, server, limit=7200)


def test_what_the_hub_knows_nothing_of_is_left_alone(clock):
    arbiter = CullArbiter(timeout=60, every=10, now=clock)
    clock.now += 500
    asks(arbiter, 0, {})
    clock.now += 60
    assert not arbiter(inactive=None, inactive_limit=60, server={})


class Server:
    """A ServerApp with so many kernels in these states, and processes that have used so many seconds."""

    def __init__(self, proc):
        self.proc = proc
        self.times = {}
        self.kernels = []
        self.web_app = SimpleNamespace(settings={"last_activity_times": self.times})
        self.kernel_manager = SimpleNamespace(list_kernels=lambda: [{"execution_state": state} for state in self.kernels])

    def uses(self, seconds, process=7):
        ticks = round(seconds * os.sysconf("SC_CLK_TCK"))
        (self.proc / str(process)).mkdir(exist_ok=True)
        numbers = " ".join(["0"] * 10)
        (self.proc / str(process) / "stat").write_text(f"{process} (a) name) S {numbers} {ticks - 2} 1 1 0 0 0\n")


def noted(server):
    return server.times.pop("homeroom_computing", None)


def test_a_cell_that_executes_counts_even_while_it_only_waits(tmp_path, clock):
    server = Server(tmp_path)
    watch = ComputingWatch(server, clock, tmp_path)
    server.kernels = ["idle", "starting"]
    clock.now += 5
    watch.look()
    assert noted(server) is None
    server.kernels = ["idle", "busy"]
    clock.now += 5
    watch.look()
    assert abs((datetime.now(timezone.utc) - noted(server)).total_seconds()) < 60


def test_a_program_in_a_terminal_counts_while_it_computes(tmp_path, clock):
    server = Server(tmp_path)
    server.uses(100)
    server.uses(50, process=8)
    (tmp_path / "9").mkdir()
    watch = ComputingWatch(server, clock, tmp_path)
    for used, busy in [(100.2, False), (100.46, True), (100.7, False), (105, True)]:
        server.uses(used)
        clock.now += 5
        watch.look()
        assert (noted(server) is not None) == busy


def test_a_process_that_ends_is_no_computation(tmp_path, clock):
    server = Server(tmp_path)
    server.uses(100)
    watch = ComputingWatch(server, clock, tmp_path)
    (tmp_path / "7" / "stat").unlink()
    clock.now += 5
    watch.look()
    assert noted(server) is None


@pytest.mark.parametrize(
    ("idle", "age", "max_age", "words"),
    [
        (599, 9000, 0, None),
        (600, 9000, 0, "nobody used it for 10 minutes"),
        (7200, 9000, 0, "nobody used it for 2 hours"),
        (5, 7200, 7200, "it had run for 2 hours, and longer is not allowed here"),
        (5, 7199, 7200, None),
    ],
)
def test_the_person_is_told_which_rule_stopped_it(idle, age, max_age, words):
    assert words_for_culled({"timeout": 600, "max_age": max_age}, idle, age) == words


def test_seconds_are_said_as_seconds():
    assert words_for_culled({"timeout": 30, "max_age": 0}, 40.4, 100) == "nobody used it for 40 seconds"
