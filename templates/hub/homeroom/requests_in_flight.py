"""Counts requests that the hub is working on, so that it can end when there are none: idle connections do not count."""


class RequestsInFlight:
    """Knows of every request that arrives after it was made; `len()` is how many have no answer yet."""

    def __init__(self, server, application):
        self._open = set()
        start_request, log_request = server.start_request, application.log_request

        def started(server_connection, connection):
            return Watched(start_request(server_connection, connection), connection, self._open)

        def answered(handler):
            self._open.discard(handler.request.connection)
            log_request(handler)

        server.start_request = started
        application.log_request = answered

    def __len__(self):
        return len(self._open)


class Watched:
    """tornado's delegate for one request; a kept-alive connection has one before its next request arrives."""

    def __init__(self, delegate, connection, open_requests):
        self._delegate = delegate
        self._connection = connection
        self._open = open_requests

    def headers_received(self, start_line, headers):
        self._open.add(self._connection)
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk):
        return self._delegate.data_received(chunk)

    def finish(self):
        return self._delegate.finish()

    def on_connection_close(self):
        self._open.discard(self._connection)
        return self._delegate.on_connection_close()
