"""What a lean start of a server saves: each by name, with what the stock start pays for it.

Measured with JupyterHub 6.1, JupyterLab 4.6 and Python 3.11: a stock server takes 106 MB and 3.0 s until it answers, one
with all of these 46 MB and 0.6 s. Nothing is changed on disk, and nothing is missing: whoever uses what was left out
gets it at that moment. `probes.py` has a use of each, which check_lean.py compares with a stock start's.
"""

import sys
from typing import Callable, NamedTuple

from .certificates import read_certificates_on_first_use
from .lazy_modules import CALL, JSON_SCHEMA_FORMATS, leave_unloaded, remove_stand_ins
from .validators import take_validators_from


class Saving(NamedTuple):
    """`modules` stay unloaded (name -> stand-ins, see lazy_modules.py); `apply` is called before the server is imported."""

    modules: dict = {}
    apply: Callable[[], None] = lambda: None


def leave_aiodns_out():
    sys.modules["aiodns"] = None  # as where it is not installed


def import_mock():
    import unittest.mock  # noqa: F401 - so that a later `from unittest import mock` leaves unittest unloaded


def ask_no_node():
    import jupyterlab.commands

    if hasattr(jupyterlab.commands, "_yarn_config"):  # what it answers where there is no Node
        jupyterlab.commands._yarn_config = lambda logger: {"yarn config": {}, "npm config": {}}


SAVINGS = {
    # A grammar for international addresses, and the other formats that jsonschema can check: 1.1 s, 16 MB.
    "JSON schema formats": Saving(JSON_SCHEMA_FORMATS),
    # The hub's own side of jupyterhub, which the server's side imports for two names: 0.6 s, 32 MB.
    "the hub's database": Saving(
        {
            "sqlalchemy": {},
            "sqlalchemy.exc": {"SQLAlchemyError": Exception},
            "jupyterhub.orm": {},
            "jupyterhub.roles": {},
            "jupyterhub.handlers": {},
            "jupyterhub.handlers.pages": {"HealthCheckHandler": object},
        }
    ),
    # Installing extensions from the browser, which is off for everybody: 4 MB.
    "the extension manager": Saving({"jupyterlab.extensions.pypi": {"PyPIExtensionManager": CALL}}),
    # For gateways to remote kernels, news and extensions: with the next one 0.3 s, 10 MB.
    "HTTP clients": Saving({"requests": {}, "httpx": {}, "websocket": {}}),
    # Kernels have their own; the server's side only takes names of them.
    "IPython": Saving({"IPython": {}}),
    "unittest": Saving({"unittest": {}}, import_mock),
    # Two TLS contexts that aiohttp makes when it is imported: 0.1 s, 2 MB.
    "CA certificates": Saving(apply=read_certificates_on_first_use),
    # Names are resolved in a thread then: 0.1 s, 1 MB.
    "aiodns": Saving(apply=leave_aiodns_out),
    # Each start runs `node yarn config` where there is a Node, for builds of JupyterLab: 0.4 s.
    "yarn's settings": Saving(apply=ask_no_node),
    # The first save compiles the notebook format's schema: 0.2 s, 10 MB for good.
    "notebook validators": Saving(apply=take_validators_from),
}

SERVER_MODULES = {name: stand_ins for saving in SAVINGS.values() for name, stand_ins in saving.modules.items()}


def apply_savings():
    """Call before anything of Jupyter is imported."""
    leave_unloaded(SERVER_MODULES)
    for saving in SAVINGS.values():
        saving.apply()


def savings_are_in():
    """Call when the server is imported: whoever asks for a stand-in from here on gets the real thing."""
    remove_stand_ins(SERVER_MODULES)
