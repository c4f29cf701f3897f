from homeroom import endings
from homeroom.metrics import register_metrics
from prometheus_client import CollectorRegistry, generate_latest


def test_programs_ended_for_memory_are_counted_over_all_servers(tmp_path, monkeypatch):
    monkeypatch.setattr(endings, "CGROUP_ROOT", tmp_path)
    registry = CollectorRegistry()
    register_metrics(registry)
    assert b"\nhomeroom_memory_kills_total 0.0\n" in generate_latest(registry)
    users = tmp_path / "homeroom.slice/homeroom-users.slice"
    users.mkdir(parents=True)
    (users / "memory.events").write_text("low 0\nmax 3\noom 7\noom_kill 5\noom_group_kill 0\n")
    assert b"\nhomeroom_memory_kills_total 5.0\n" in generate_latest(registry)
