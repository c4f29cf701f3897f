"""Stops idle servers: jupyterhub-idle-culler over the hub's unix socket; run by homeroom-culler.service."""

import os
import socket
import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
sys.path.append(HERE)

from homeroom.activity import CullArbiter  # noqa: E402

sys.path.remove(HERE)

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

    culler = IdleCuller.instance()
    culler.initialize(sys.argv[1:])
    culler.cull_arbiter_hook = CullArbiter(culler.timeout, culler.cull_every)
    culler.start()


if __name__ == "__main__":
    main()
