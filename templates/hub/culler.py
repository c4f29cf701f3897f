"""Stops idle servers: jupyterhub-idle-culler over the hub's unix socket; run by homeroom-culler.service."""

import os
import socket
import sys
from pathlib import Path

HUB_SOCKET = "/run/homeroom/hub.sock"


def main():
    os.environ["JUPYTERHUB_API_TOKEN"] = (Path(os.environ["CREDENTIALS_DIRECTORY"]) / "culler-token").read_text().strip()
    from tornado.httpclient import AsyncHTTPClient
    from tornado.netutil import Resolver

    class HubResolver(Resolver):
        """Every name is the hub: there is nothing else to talk to."""

        def initialize(self):
            pass

        async def resolve(self, host, port, family=socket.AF_UNSPEC):
            return [(socket.AF_UNIX, HUB_SOCKET)]

    Resolver.configure(HubResolver)
    AsyncHTTPClient.configure("tornado.simple_httpclient.SimpleAsyncHTTPClient")
    from jupyterhub_idle_culler import IdleCuller

    IdleCuller.launch_instance(sys.argv[1:])


if __name__ == "__main__":
    main()
