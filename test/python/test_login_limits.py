import bcrypt
import pytest
from homeroom import login_limits
from homeroom.login_limits import ADDRESS, NAME, NAME_FROM_ADDRESS, LoginLimits, address_of, network_of
from homeroom.passwords import NOBODYS, matches_nobody
from test_authenticator import fast_hashes, hashed, hub  # noqa: F401 - fixtures
from tornado import web
from tornado.httputil import HTTPHeaders, HTTPServerRequest


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def fail(limits, times, name="alice", address="192.0.2.1"):
    for _ in range(times):
        limits.begin(name, address)


def refused(limits, name="alice", address="192.0.2.1"):
    """Seconds that whoever tries once more has to wait; None where they need not."""
    try:
        limits.begin(name, address)
    except web.HTTPError as error:
        assert error.status_code == 429
        assert error.log_message == f"Too many logins failed. Try again in {error.headers['Retry-After']} seconds."
        return int(error.headers["Retry-After"])
    return None


def test_a_name_can_be_tried_so_often_and_then_now_and_again(clock):
    limits = LoginLimits(clock)
    most, seconds = NAME_FROM_ADDRESS
    fail(limits, most)
    assert refused(limits) == seconds
    clock.now = seconds - 0.5
    assert refused(limits) == 1
    clock.now = seconds
    assert refused(limits) is None
    assert refused(limits) == seconds


def test_neither_another_name_nor_the_same_elsewhere_waits_for_it(clock):
    limits = LoginLimits(clock)
    fail(limits, NAME_FROM_ADDRESS[0])
    assert refused(limits, name="bob") is None
    assert refused(limits, address="192.0.2.2") is None


def test_a_name_is_guarded_against_many_addresses_together(clock):
    limits = LoginLimits(clock)
    for number in range(NAME[0]):
        fail(limits, 1, address=f"192.0.2.{number}")
    assert refused(limits, address="198.51.100.1") == NAME[1]


def test_many_names_from_one_address_are_held_up(clock):
    limits = LoginLimits(clock)
    for number in range(ADDRESS[0]):
        fail(limits, 1, name=f"name-{number}")
    assert refused(limits, name="another") == ADDRESS[1]
    assert refused(limits, name="another", address="198.51.100.1") is None


def test_a_right_password_makes_the_wrong_ones_before_it_forgotten(clock):
    limits = LoginLimits(clock)
    fail(limits, NAME_FROM_ADDRESS[0] - 1)
    limits.succeeded(limits.begin("alice", "192.0.2.1"))
    fail(limits, NAME_FROM_ADDRESS[0])
    assert refused(limits) is not None


def test_right_passwords_never_add_up(clock):
    limits = LoginLimits(clock)
    for number in range(2 * ADDRESS[0]):
        limits.succeeded(limits.begin(f"student-{number}", "192.0.2.1"))
    assert not limits._buckets


def test_memory_is_bounded(clock, monkeypatch):
    monkeypatch.setattr(login_limits, "MOST_KEPT", 50)
    limits = LoginLimits(clock)
    for number in range(200):
        fail(limits, 1, name=f"{number} " + "x" * 10_000, address=f"2001:db8:{number:x}::1")
    assert len(limits._buckets) <= 50
    assert max(len(name or "") for name, _ in limits._buckets) <= 255


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_one_customer_s_addresses_are_one(address, network):
    assert network_of(address) == network


def test_what_a_visitor_says_about_the_address_does_not_count():
    headers = HTTPHeaders({"X-Real-IP": "1.1.1.1", "X-Forwarded-For": "2.2.2.2, 192.0.2.1"})
    assert address_of(HTTPServerRequest(uri="/", headers=headers)) == "192.0.2.1"


async def login(authenticator, name, password):
    return await authenticator.get_authenticated_user(None, {"username": name, "password": password})


@pytest.mark.parametrize("name", ["alice", "nobody"])
async def test_the_hub_s_login_holds_up_known_and_unknown_names_alike(hub, name, clock, monkeypatch):
    firstuse = hub(allowed=["alice"], first_passwords={"alice": hashed("of-alice")})
    monkeypatch.setattr(firstuse, "_limits", LoginLimits(clock))
    monkeypatch.setattr("homeroom.passwords.NOBODYS", bcrypt.gensalt())
    for _ in range(NAME_FROM_ADDRESS[0]):
        assert await login(firstuse, name, "wrong") is None
    with pytest.raises(web.HTTPError, match="Try again in 15 seconds"):
        await login(firstuse, name.upper(), "of-alice")


async def test_a_login_service_that_is_down_counts_as_nobody_s_guess(hub, monkeypatch):
    dummy = hub("dummy", allowed=["alice"])

    async def down(*_):
        raise web.HTTPError(503, "no directory")

    monkeypatch.setattr(dummy, "authenticate", down)
    for _ in range(2 * NAME_FROM_ADDRESS[0]):
        with pytest.raises(web.HTTPError, match="no directory"):
            await login(dummy, "alice", "x")


@pytest.mark.parametrize("kind", ["firstuse", "native"])
async def test_unknown_names_take_as_long_as_known_ones(hub, kind, monkeypatch):
    authenticator = hub(kind, allowed=["alice"], first_passwords={"alice": hashed("of-alice")})
    hashes = []
    hashpw = bcrypt.hashpw
    monkeypatch.setattr("bcrypt.hashpw", lambda password, salt: hashes.append(salt) or hashpw(password, salt))
    assert await login(authenticator, "nobody", "wrong") is None
    assert hashes == [NOBODYS]
    assert await login(authenticator, "alice", "wrong") is None
    assert len(hashes) == 2


async def test_nobody_s_hash_is_as_slow_as_a_new_one():
    assert NOBODYS[:7] == b"$2b$12$" and len(NOBODYS) == 60
    assert await matches_nobody("anything") is False
