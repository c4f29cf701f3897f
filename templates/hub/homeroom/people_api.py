"""The part of the hub's API that adds people and makes admins: the roster says who that is, so others are refused."""

from jupyterhub.apihandlers.users import UserAPIHandler, UserListAPIHandler
from jupyterhub.scopes import needs_scope
from tornado import web

from .spawner import HomeroomSpawner

NOT_LISTED = "{names} cannot be added here. Add people on the server: sudo homeroom users add {names}"
NOT_ADMIN = "The roster says who is an admin. On the server: sudo homeroom users set {name} --role {role}"
NO_NEW_NAME = "Names cannot be changed: account and home belong to the name."


def behind_roster(handler):
    """The same handler, or the one that asks the roster first."""
    path, cls, *rest = handler
    return (path, REPLACED.get(cls, cls), *rest)


def refuse_strangers(names, normalize):
    strangers = [name for name in map(normalize, map(str, names)) if not HomeroomSpawner.roster.lets_in(name)]
    if strangers:
        raise web.HTTPError(400, NOT_LISTED.format(names=" ".join(strangers)))


def refuse_other_role(name, data):
    roster = HomeroomSpawner.roster
    if "admin" in data and bool(data["admin"]) != roster.is_admin(name):
        raise web.HTTPError(400, NOT_ADMIN.format(name=name, role="admin" if data["admin"] else "student"))


class RosteredUserList(UserListAPIHandler):
    @needs_scope("admin:users")
    async def post(self):
        data = self.get_json_body() or {}
        names = data.get("usernames") or []
        refuse_strangers(names, self.authenticator.normalize_username)
        for name in names:
            refuse_other_role(self.authenticator.normalize_username(str(name)), {"admin": data.get("admin", False)})
        await super().post()


class RosteredUser(UserAPIHandler):
    @needs_scope("admin:users")
    async def post(self, user_name):
        refuse_strangers([user_name], self.authenticator.normalize_username)
        refuse_other_role(user_name, {"admin": (self.get_json_body() or {}).get("admin", False)})
        await super().post(user_name)

    @needs_scope("admin:users")
    async def patch(self, user_name):
        data = self.get_json_body() or {}
        if data.get("name", user_name) != user_name:
            raise web.HTTPError(400, NO_NEW_NAME)
        refuse_other_role(user_name, data)
        await super().patch(user_name)


REPLACED = {UserListAPIHandler: RosteredUserList, UserAPIHandler: RosteredUser}
