"""A use of everything that a lean start leaves out (savings.py): what comes out must be what a stock start says.

Answers are JSON. Each is asked for by several threads at once, as the first use of its saving in a process.
"""

import asyncio
import ssl

FORMATS = {
    "iri": ["http://ü.example/é", "no iri", "http://[::1"],
    "iri-reference": ["/a", "\\\\x"],
    "hostname": ["a.example", "-a-."],
    "color": ["red", "nored"],
    "duration": ["P1D", "PX"],
    "uri-template": ["/{a}", "/{a"],
    "date-time": ["2026-01-01T00:00:00Z", "x"],
}


def formats():
    from jsonschema import FormatChecker

    checker = FormatChecker()
    return [[name, value, checker.conforms(value, name)] for name, values in FORMATS.items() for value in values]


def database():
    import jupyterhub.orm
    import jupyterhub.roles
    import sqlalchemy.exc
    from jupyterhub.handlers.pages import HealthCheckHandler

    with sqlalchemy.create_engine("sqlite://").connect() as connection:
        one = connection.execute(sqlalchemy.text("select 1")).scalar()
    error = sqlalchemy.exc.SQLAlchemyError
    kinds = [kind.__name__ for kind in HealthCheckHandler.__mro__]
    return [one, error.__module__, jupyterhub.orm.User.__tablename__, len(jupyterhub.roles.get_default_roles()), kinds]


def extension_manager():
    from jupyterlab.extensions.pypi import PyPIExtensionManager

    return [kind.__name__ for kind in PyPIExtensionManager.__mro__]


def http_clients():
    import httpx
    import requests
    import websocket

    return [sorted(requests.Session().headers), httpx.URL("http://x/a").path, websocket.WebSocket().connected]


def ipython():
    import IPython

    return [IPython.version_info[0], IPython.get_ipython() is None]


def unit_tests():
    import unittest.mock

    return [unittest.TestCase.__name__, unittest.mock.Mock(return_value=3)()]


def certificates():
    """A verified TLS connection is refused to a certificate that nobody vouches for."""
    from aiohttp import TCPConnector

    context = ssl.create_default_context()
    return [
        len(context.get_ca_certs()) > 0,
        context.verify_mode.name,
        context.check_hostname,
        refuses_strangers(context),
        TCPConnector.__name__,
    ]


def refuses_strangers(context):
    """Whether the context ends a handshake with a server whose certificate it cannot check."""
    import tempfile

    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(self_signed())
        file.flush()
        server_context.load_cert_chain(file.name)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname="stranger.example")
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
    return "it was accepted"


def self_signed():
    """A fresh certificate for stranger.example with its key, as PEM."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stranger.example")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = certificate.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM)).decode()


def names():
    import socket

    from aiohttp.resolver import DefaultResolver

    async def resolve():
        resolver = DefaultResolver()
        try:
            return await resolver.resolve("127.0.0.1", 80, family=socket.AF_INET)
        finally:
            await resolver.close()

    try:
        socket.getaddrinfo("127.0.0.1", 80, family=socket.AF_INET, flags=socket.AI_ADDRCONFIG)
    except socket.gaierror:
        return True  # without a network address nothing is resolved in a thread: getaddrinfo(3), which aiohttp asks so
    return "127.0.0.1" in [found["host"] for found in asyncio.run(resolve())]


def yarn():
    from jupyterlab.commands import AppOptions

    return AppOptions().registry


def validators():
    import nbformat

    def verdict(notebook):
        try:
            nbformat.validate(notebook)
            return "valid"
        except nbformat.ValidationError as error:
            return error.message

    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": "1", "id": "a"}
    good = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    return [verdict(good), verdict({**good, "cells": [{**cell, "source": 1}]}), verdict({**good, "metadata": 1})]


PROBES = {
    "JSON schema formats": formats,
    "the hub's database": database,
    "the extension manager": extension_manager,
    "HTTP clients": http_clients,
    "IPython": ipython,
    "unittest": unit_tests,
    "CA certificates": certificates,
    "aiodns": names,
    "yarn's settings": yarn,
    "notebook validators": validators,
}
