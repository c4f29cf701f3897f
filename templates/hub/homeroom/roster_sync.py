"""Carries a changed roster into the running hub: rights that were taken away end now, not at the next login."""

import asyncio

from jupyterhub import orm, roles
from jupyterhub.utils import maybe_future

from .canary import NAME as CANARY
from .canary import TOKEN_NOTE

CHECK_SECONDS = 2
CANARY_TOKEN_SECONDS = 300


async def follow_roster(app, roster, notices):
    """Applies the roster at once and then at each change, and notices as they come, until cancelled."""
    while True:
        try:
            await apply_roster(app, roster)
            applied = roster_version(roster)
            while roster_version(roster) == applied:
                await heed_notices(app, notices)
                await keep_canary(app, roster)
                await asyncio.sleep(CHECK_SECONDS)
                roster.refresh()
        except Exception:
            app.log.exception("The roster could not be applied")
            await asyncio.sleep(CHECK_SECONDS)


def roster_version(roster):
    return (roster.allowed, roster.admins, roster.banned, roster.open)


async def apply_roster(app, roster):
    """Admin roles as the roster says; whoever may not come in any more loses sessions, tokens and server."""
    app.authenticator.admin_users = set(roster.admins)
    for user in app.db.query(orm.User).filter(orm.User.admin):
        if not roster.is_admin(user.name) and not decides_admins_itself(app.authenticator):
            set_admin(app, user, False)
    for name in roster.admins - roster.banned:
        user = orm.User.find(app.db, name)
        if user is not None and not user.admin:
            set_admin(app, user, True)
    end_sessions(app, [name for (name,) in app.db.query(orm.User.name) if not roster.lets_in(name)])
    gone = [user for user in known_people(app) if not roster.lets_in(user.name)]
    for user in gone:
        await shut_out(app, user, "the roster does not let them in")


async def heed_notices(app, notices):
    """Signs people out, and forgets those whose home is gone: the next person of that name is another one."""
    for name, notice in notices.fresh():
        user = orm.User.find(app.db, name)
        if user is not None:
            await shut_out(app, user, "the teacher has signed them out")
            if notice.get("forget"):
                await forget(app, user)
        notices.heed(notice)


async def keep_canary(app, roster):
    """While root looks, the canary has a token, for hubs where people log in at another site; then it is forgotten."""
    secret = roster.canary.secret()
    user = orm.User.find(app.db, CANARY)
    if secret is None:
        if user is not None:
            await shut_out(app, user, "nobody is looking any more")
            await forget(app, user)
    elif orm.APIToken.find(app.db, secret) is None:
        if user is None:
            user = orm.User(name=CANARY)
            app.db.add(user)
            roles.assign_default_roles(app.db, entity=user)
            app.db.commit()
        user.new_api_token(secret, note=TOKEN_NOTE, expires_in=CANARY_TOKEN_SECONDS)


async def forget(app, user):
    app.log.info("%s: password and everything else is forgotten", user.name)
    wrapper = app.users[user]
    await maybe_future(app.authenticator.delete_user(wrapper))
    await wrapper.delete_spawners()
    app.users.delete(wrapper)


def decides_admins_itself(authenticator):
    """Whether the login service names admins too (admin_groups and the like): theirs are not on the roster."""
    return bool(getattr(authenticator, "admin_groups", None)) or getattr(authenticator, "manage_roles", False)


def set_admin(app, user, admin):
    app.log.info("%s is %s admin", user.name, "now" if admin else "no longer")
    user.admin = admin
    roles.assign_default_roles(app.db, entity=user)
    app.db.commit()


def end_sessions(app, names):
    """Makes cookies worthless: a person whose server has ended already may have nothing else."""
    fresh = [name for name in names if name not in app.shut_out_names]
    for start in range(0, len(fresh), 500):  # SQLite takes so many names at once
        for user in app.db.query(orm.User).filter(orm.User.name.in_(fresh[start : start + 500])):
            user.cookie_id = orm.new_token()
    app.db.commit()
    app.shut_out_names = frozenset(names)


def known_people(app):
    """Whoever still has a token or a server to lose."""
    holders = app.db.query(orm.APIToken.user_id).filter(orm.APIToken.user_id.isnot(None))
    running = app.db.query(orm.Spawner.user_id).filter(orm.Spawner.server_id.isnot(None))
    return app.db.query(orm.User).filter(orm.User.id.in_(holders.union(running))).all()


async def shut_out(app, user, reason):
    app.log.info("%s: ending sessions, tokens and servers, as %s", user.name, reason)
    for token in list(user.api_tokens):
        app.db.delete(token)
    user.cookie_id = orm.new_token()
    app.db.commit()
    wrapper = app.users[user]
    for name, spawner in list(wrapper.spawners.items()):
        if spawner.active:
            await app.proxy.delete_user(wrapper, name)
            await wrapper.stop(name)
