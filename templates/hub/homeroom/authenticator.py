"""Puts the roster in front of any authenticator: who is not on it does not come in, whatever the authenticator says."""

import importlib
from importlib.metadata import entry_points

from jupyterhub.auth import Authenticator
from jupyterhub.utils import maybe_future
from tornado import web

from .login_limits import LoginLimits, address_of

from .canary import NAME as CANARY

# Short names of our own; the others are entry points of jupyterhub.authenticators.
CLASSES = {
    "firstuse": "homeroom.first_use.HomeroomFirstUse",
    "firstuseauthenticator.FirstUseAuthenticator": "homeroom.first_use.HomeroomFirstUse",
    "native": "homeroom.native.HomeroomNative",
    "nativeauthenticator.NativeAuthenticator": "homeroom.native.HomeroomNative",
}

CANARY_MODEL = {"name": CANARY, "admin": False, "auth_state": None, "user_info": None, "groups": [], "roles": None}


def authenticator_class(name, roster):
    """The class for a short name (`ldap`, `github`, …) or a dotted path, with this roster in front of it.

    Raises ValueError where there is no such class, with words that name it.
    """
    return rostered(find_class(CLASSES.get(name, name)), roster)


def find_class(name):
    module, dot, attribute = name.rpartition(".")
    try:
        if dot:
            found = getattr(importlib.import_module(module), attribute)
        else:
            found = entry_point(name).load()
    except (ImportError, AttributeError, LookupError) as error:
        raise ValueError(f"There is no authenticator {name!r} in the hub's environment ({error})") from error
    if not (isinstance(found, type) and issubclass(found, Authenticator)):
        raise ValueError(f"{name!r} is not an authenticator")
    return found


def entry_point(name):
    for entry in entry_points(group="jupyterhub.authenticators"):
        if entry.name == name:
            return entry
    raise LookupError("no such short name")


def rostered(base, roster_file):
    """A subclass of `base`, under the same name so that its configuration applies, behind the roster."""

    class Rostered(base):
        roster = roster_file

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.admin_users = set(self.roster.admins)
            self._limits = LoginLimits()

        async def get_authenticated_user(self, handler, data):
            """Logins by name count; where a login service asks for the password, that one does the counting."""
            if not data or "username" not in data:
                return await super().get_authenticated_user(handler, data)
            name = self.normalize_username(data["username"])
            attempt = self._limits.begin(name, address_of(handler.request) if handler else "")
            try:
                user = await super().get_authenticated_user(handler, data)
            except web.HTTPError as error:
                if error.status_code >= 500:  # a directory that is down is nobody's guess
                    self._limits.succeeded(attempt)
                raise
            if user:
                self._limits.succeeded(attempt)
            return user

        async def get_authenticated_user(self, handler, data):
            if isinstance(data, dict) and self.normalize_username(str(data.get("username", ""))) == CANARY:
                # Before any authenticator sees it: none knows its password, and none counts it among people.
                return dict(CANARY_MODEL) if self.roster.canary.knows(data.get("password", "")) else None
            authenticated = await super().get_authenticated_user(handler, data)
            # A login service may have somebody of that name.
            return None if authenticated and authenticated["name"] == CANARY else authenticated

        def add_user(self, user):
            return None if user.name == CANARY else super().add_user(user)

        def delete_user(self, user):
            return None if user.name == CANARY else super().delete_user(user)

        # Not check_allowed: allow_all would bypass that, and this is asked always.
        async def check_blocked_users(self, username, authentication=None):
            if not self.roster.lets_in(username):
                return False
            return await maybe_future(super().check_blocked_users(username, authentication))

        async def check_allowed(self, username, authentication=None):
            if self.roster.lists(username):
                return True
            return await maybe_future(super().check_allowed(username, authentication))

        def is_admin(self, handler, authentication):
            return self.roster.is_admin(authentication["name"])

        async def refresh_user(self, user, handler=None):
            if not self.roster.lets_in(user.name):
                return False
            if user.name == CANARY:
                return True
            return await maybe_future(super().refresh_user(user, handler))

    Rostered.__name__ = base.__name__
    Rostered.__qualname__ = base.__qualname__
    return Rostered
