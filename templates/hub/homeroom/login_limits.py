"""Slows down whoever tries out passwords: counts failed logins, in memory only, by name and by address."""

import ipaddress
import math
import time
from collections import OrderedDict

from tornado import web

# (attempts at once, seconds until one more is allowed)
NAME_FROM_ADDRESS = (10, 15)  # somebody who has forgotten a password, or guesses one
NAME = (60, 10)  # the same from many addresses; more, so that nobody is easily locked out by others
ADDRESS = (300, 1)  # a school often has one address for all, so a class that logs in at once has to fit
MOST_KEPT = 20_000  # names and addresses; the one that was not seen for longest is forgotten
LONGEST_NAME = 255  # as JupyterHub's; whoever sends a longer one shall not fill the memory with it


class LoginLimits:
    """A login counts when it begins and is taken back when it succeeds, so many at once get no further than one by one."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._buckets = OrderedDict()  # key -> (attempts that count, when that was so)

    def begin(self, name, address):
        """Counts a login; answers with the keys for `succeeded`. Raises HTTPError 429 where there were too many."""
        name, network = name[:LONGEST_NAME], network_of(address)
        limits = {(name, network): NAME_FROM_ADDRESS, (name, None): NAME, (None, network): ADDRESS}
        now = self._clock()
        wait = max((self._level(key, limit, now) + 1 - limit[0]) * limit[1] for key, limit in limits.items())
        if wait > 0:
            raise too_many(math.ceil(wait))
        for key, limit in limits.items():
            self._set(key, self._level(key, limit, now) + 1, now)
        return limits

    def succeeded(self, limits):
        """The login was right: it does not count, and what somebody mistyped before at this address neither."""
        now = self._clock()
        for (name, network), limit in limits.items():
            own = name is not None and network is not None
            self._set((name, network), 0 if own else self._level((name, network), limit, now) - 1, now)

    def _level(self, key, limit, now):
        level, since = self._buckets.get(key, (0, now))
        return max(0, level - (now - since) / limit[1])

    def _set(self, key, level, now):
        self._buckets.pop(key, None)
        if level > 0:
            self._buckets[key] = (level, now)
        if len(self._buckets) > MOST_KEPT:
            self._buckets.popitem(last=False)


def network_of(address):
    """An IPv4 address, or the /64 network of an IPv6 one, as one customer has all addresses of it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def address_of(request):
    """Whom the proxy talks to: it appends that to X-Forwarded-For, while X-Real-IP is what a visitor likes."""
    forwarded = request.headers.get_list("X-Forwarded-For")
    return forwarded[-1].rpartition(",")[2].strip() if forwarded else request.remote_ip


def too_many(seconds):
    error = web.HTTPError(429, f"Too many logins failed. Try again in {seconds} seconds.")
    error.headers = {"Retry-After": str(seconds)}
    return error
