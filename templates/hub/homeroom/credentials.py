"""Hands a starting server its environment: systemd asks for it on a socket that only root can reach.

`LoadCredential=` from a socket (systemd.exec(5)) connects from an abstract address that names unit and credential,
so the hub knows who asks. systemd 252 asks once for each Exec line: an offer stands until the start has ended.
"""

import asyncio
import contextlib
import json
import re
import socket
import struct

CREDENTIAL = "environment"
PEER = re.compile(rf"\0[0-9A-Za-z]+/unit/(homeroom-user@[^/]+\.service)/{CREDENTIAL}")
LARGEST = 512 * 1024  # systemd cuts off nothing up to here
SEND_SECONDS = 5


class CredentialServer:
    """Answers on a listening socket with what was offered for the unit that asks, and with nothing otherwise."""

    def __init__(self, log):
        self._log = log
        self._offers = {}

    @contextlib.contextmanager
    def offer(self, unit, environment, arguments=(), **choices):
        """While this stands, `unit` gets this environment, these extra arguments, and these choices (server_start.py)."""
        answer = json.dumps({"environment": environment, "arguments": list(arguments), **choices}).encode()
        if len(answer) > LARGEST:
            raise ValueError(f"The environment of {unit} is larger than {LARGEST} bytes")
        self._offers[unit] = answer
        try:
            yield
        finally:
            if self._offers.get(unit) is answer:
                del self._offers[unit]

    async def serve(self, listening):
        """Answers until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _address = await loop.sock_accept(listening)
            except OSError as error:  # out of descriptors, say: the next one may fare better
                self._log.error("The credentials socket: %s", error)
                await asyncio.sleep(0.5)
                continue
            asyncio.ensure_future(self._answer(connection))

    async def _answer(self, connection):
        with connection:
            connection.setblocking(False)
            try:
                answer = self._offer_for(connection)
                await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(connection, answer), SEND_SECONDS)
            except (OSError, TimeoutError) as error:
                self._log.warning("Credentials not delivered: %s", error)

    def _offer_for(self, connection):
        _pid, uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        peer = connection.getpeername()
        address = peer.decode(errors="replace") if isinstance(peer, bytes) else peer
        asks = PEER.fullmatch(address)
        if uid != self.trusted_uid or asks is None:
            self._log.warning("Refused credentials to uid %d at %r", uid, address)
            return b""
        return self._offers.get(asks[1], b"")

    trusted_uid = 0
