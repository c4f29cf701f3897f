import asyncio
import json
import logging
import os
import socket

import pytest
from homeroom.credentials import CredentialServer

UNIT = "homeroom-user@alice.service"


@pytest.fixture
async def server(tmp_path):
    """A server on a socket of its own that trusts this process as if it were systemd."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "credentials.sock"))
    listening.listen()
    listening.setblocking(False)
    credentials = CredentialServer(logging.getLogger("test"))
    credentials.trusted_uid = os.getuid()
    credentials.path = str(tmp_path / "credentials.sock")
    serving = asyncio.ensure_future(credentials.serve(listening))
    yield credentials
    serving.cancel()
    listening.close()


counter = iter(range(1000))


async def ask(server, peer):
    """Connects as systemd does: from an abstract address that says for whom."""
    asking = socket.socket(socket.AF_UNIX)
    asking.bind(f"\0{os.getpid():x}{next(counter)}{peer}")
    asking.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(asking, server.path)
    answer = b""
    while chunk := await loop.sock_recv(asking, 65536):
        answer += chunk
    asking.close()
    return answer


async def test_the_unit_gets_what_was_offered_to_it_as_often_as_it_asks(server):
    with server.offer(UNIT, {"A": "1"}, ["--debug"]):
        for _ in range(2):
            answer = await ask(server, f"/unit/{UNIT}/environment")
            assert json.loads(answer) == {"environment": {"A": "1"}, "arguments": ["--debug"]}


@pytest.mark.parametrize(
    "peer",
    [
        "/unit/homeroom-user@bob.service/environment",
        f"/unit/{UNIT}/other",
        f"/unit/x/{UNIT}/environment",
        f"/unit/{UNIT}/environment/x",
        "/unit/ssh.service/environment",
        "",
    ],
)
async def test_nobody_else_gets_it(server, peer):
    with server.offer(UNIT, {"A": "1"}):
        assert await ask(server, peer) == b""


async def test_only_root_may_ask(server):
    server.trusted_uid = os.getuid() + 1
    with server.offer(UNIT, {"A": "1"}):
        assert await ask(server, f"/unit/{UNIT}/environment") == b""


async def test_an_offer_ends_with_the_start(server):
    with server.offer(UNIT, {"A": "1"}):
        pass
    assert await ask(server, f"/unit/{UNIT}/environment") == b""


async def test_the_end_of_an_older_start_leaves_the_newer_offer(server):
    older = server.offer(UNIT, {"A": "old"})
    older.__enter__()
    with server.offer(UNIT, {"A": "new"}):
        older.__exit__(None, None, None)
        assert b"new" in await ask(server, f"/unit/{UNIT}/environment")


async def test_what_systemd_would_cut_off_is_an_error(server):
    with pytest.raises(ValueError, match="larger"), server.offer(UNIT, {"A": "x" * 600_000}):
        pass


async def test_a_large_environment_arrives_whole(server):
    with server.offer(UNIT, {"A": "x" * 400_000}):
        assert len(json.loads(await ask(server, f"/unit/{UNIT}/environment"))["environment"]["A"]) == 400_000
