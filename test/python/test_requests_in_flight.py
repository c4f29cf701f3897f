import asyncio
import socket

from homeroom.requests_in_flight import RequestsInFlight
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket


class Slow(web.RequestHandler):
    async def get(self):
        self.application.arrived.set()
        await self.application.go_on.wait()
        self.finish("done")


async def test_open_requests_count_and_idle_connections_do_not(tmp_path):
    application = web.Application([("/", Slow)])
    application.arrived, application.go_on = asyncio.Event(), asyncio.Event()
    server = HTTPServer(application, xheaders=True)
    requests = RequestsInFlight(server, application)
    server.add_socket(bind_unix_socket(str(tmp_path / "sock")))
    assert not requests

    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "sock"))
    await asyncio.sleep(0.05)
    assert not requests
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.wait_for(application.arrived.wait(), 5)
    assert len(requests) == 1
    application.go_on.set()
    assert (await reader.readuntil(b"done")).startswith(b"HTTP/1.1 200")
    assert not requests

    application.go_on.clear()
    application.arrived.clear()
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.wait_for(application.arrived.wait(), 5)
    writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    writer.close()
    await asyncio.sleep(0.05)
    assert len(requests) == 1, "whoever has gone away may have begun something that is to be ended"
    application.go_on.set()
    await asyncio.sleep(0.05)
    assert not requests
    server.stop()
