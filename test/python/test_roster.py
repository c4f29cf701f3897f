import pytest
from homeroom.roster import Roster


def test_only_listed_people_come_in(write_roster):
    roster = Roster(write_roster(allowed=["Alice"], admins=["teacher"], banned=["mallory"]))
    assert roster.lets_in("alice") and roster.lets_in("teacher")
    assert not roster.lets_in("nobody") and not roster.lets_in("mallory")
    assert roster.is_admin("teacher") and not roster.is_admin("alice")


def test_an_open_roster_still_keeps_the_banned_out(write_roster):
    roster = Roster(write_roster(open=True, admins=["boss"], banned=["mallory", "boss"]))
    assert roster.lets_in("anyone") and not roster.lists("anyone")
    assert not roster.lets_in("mallory")
    assert not roster.is_admin("boss")


def test_a_change_counts_at_once(write_roster):
    roster = Roster(write_roster(allowed=["alice"]))
    write_roster(allowed=["bob"])
    assert roster.lets_in("bob") and not roster.lets_in("alice")
    assert not roster.refresh()


def test_a_broken_file_changes_nothing(write_roster):
    path = write_roster(allowed=["alice"])
    roster = Roster(path)
    for broken in ("", "[]", '{"allowed": 3}'):
        path.write_text(broken)
        assert not roster.refresh()
        assert roster.lets_in("alice")
    path.unlink()
    assert roster.lets_in("alice")


def test_without_any_roster_the_hub_does_not_start(tmp_path):
    with pytest.raises(FileNotFoundError):
        Roster(tmp_path / "roster.json")


def test_limits_are_read_again_like_the_rest(write_roster):
    roster = Roster(write_roster(memory_limit=2**30, cpu_limit=1.5))
    assert roster.limits("alice") == (2**30, 1.5)
    write_roster(other_limits={"Alice": [2**31, None]}, memory_reserve=2**20)
    assert roster.limits("alice") == (2**31, None)
    assert roster.limits("bob") == (None, None)
    assert roster.reserve() == 2**20
