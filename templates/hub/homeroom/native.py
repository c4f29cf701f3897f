"""NativeAuthenticator behind the roster: admins' names cannot be signed up for, people on the roster need no approval."""

from jupyterhub.handlers import BaseHandler
from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.handlers import LoginHandler
from nativeauthenticator.orm import UserInfo
from tornado import web

from .passwords import matches, matches_nobody


class HomeroomNative(NativeAuthenticator):
    """Whoever has a first password from the installer has an account from the start."""

    roster = None  # given by `rostered`

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        for name, hashed in self.roster.first_passwords.items():
            if not self.user_exists(name):
                self.db.add(UserInfo(username=name, password=hashed, is_authorized=True))
        self.db.commit()

    def create_user(self, username, password, **kwargs):
        name = self.normalize_username(username)
        if self.roster.is_admin(name) or not self.roster.lets_in(name):
            return None
        return super().create_user(username, password, **kwargs)

    def get_authed_users(self):
        self.roster.refresh()
        return super().get_authed_users() | self.roster.allowed | self.roster.admins

    async def authenticate(self, handler, data):
        name = self.normalize_username(data["username"])
        user = self.get_user(name)
        if user is None or (self.allowed_failed_logins and self.is_blocked(name)):
            await matches_nobody(data["password"])
            return None
        valid = await matches(data["password"], user.password)
        if not valid or (user.has_2fa and not user.is_valid_token(data.get("2fa"))):
            self.add_login_attempt(name)
            return None
        self.successful_login(name)
        if not user.is_authorized:
            raise web.HTTPError(403, NOT_YET.format(name=name))
        return name

    def check_allowed(self, username, authentication=None):
        """Whom the admin has approved is in the class: no list has to say so again."""
        user = self.get_user(username)
        return user is not None and user.is_authorized

    def get_handlers(self, app):
        handlers = super().get_handlers(app)
        return [(path, NativeLogin if handler is LoginHandler else handler) for path, handler in handlers]


class NativeLogin(LoginHandler):
    """The login page. That of nativeauthenticator 1.3 needs what JupyterHub 6 lacks, and hashes while others wait."""

    async def post(self):
        data = {name: self.get_body_argument(name, strip=name == "username") for name in self.request.body_arguments}
        try:
            user = await self.login_user(data)
        except web.HTTPError as error:
            if error.status_code >= 500:
                raise
            for header, value in getattr(error, "headers", {}).items():
                self.set_header(header, value)
            await self._refuse(error.status_code, error.log_message, data)
            return
        if user is None:
            await self._refuse(403, "Invalid username or password.", data)
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def _refuse(self, status, words, data):
        self.set_status(status)
        self.finish(await self._render(login_error=words, username=data["username"][:32]))

    def render_template(self, name, **namespace):
        # JupyterHub would show errors on this page, which the loader for errors does not find
        return BaseHandler.render_template(self, name, **namespace)


NOT_YET = "{name} has signed up, but your teacher has not let {name} in yet. Try again when they have."
