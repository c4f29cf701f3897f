"""FirstUseAuthenticator with Homeroom's manners: hashing aside, an own database, and no name up for grabs."""

import collections
import time

from firstuseauthenticator import FirstUseAuthenticator
from firstuseauthenticator.firstuseauthenticator import ResetPasswordHandler
from jupyterhub.auth import Authenticator
from tornado import web
from traitlets import Unicode, default

from .passwords import PasswordStore, hash_password, matches, matches_nobody


class HomeroomFirstUse(FirstUseAuthenticator):
    """The first password that someone on the roster types is theirs; an admin's comes from the installer."""

    passwords_path = Unicode("passwords.sqlite", config=True, help="Where the chosen passwords are kept.")

    roster = None  # given by `rostered`

    @property
    def first_login(self):
        """For the login page: how somebody without a password gets one."""
        self.roster.refresh()
        return self.roster.first_password

    @default("check_passwords_on_startup")
    def _no_dbm(self):
        return False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.passwords = PasswordStore(self.passwords_path)
        self._wrong_codes = Attempts()

    async def authenticate(self, handler, data):
        name, password = self.normalize_username(data["username"]), data["password"]
        if not self._may_come_in(name):
            await matches_nobody(password)
            return None
        current = self.passwords.current(name, self.roster.first_passwords.get(name))
        if current is not None:
            return name if await matches(password, current) else None
        if self.roster.is_admin(name):
            raise web.HTTPError(403, NO_ADMIN_PASSWORD.format(name=name))
        if self.roster.first_password == "generated":
            raise web.HTTPError(403, NO_PASSWORD.format(name=name))
        if self.roster.first_password == "code":
            await self._check_code(data.get("class_code", ""))
        if not self._validate_password(password):
            raise web.HTTPError(403, self._too_short())
        if self.passwords.add(name, await hash_password(password)):
            return name
        return await self.authenticate(handler, data)  # someone was faster: now it must match

    def _may_come_in(self, name):
        if not self.roster.lets_in(name) or not self.validate_username(name):
            return False
        return self.create_users or self.roster.lists(name) or self._user_exists(name)

    async def _check_code(self, code):
        """Whoever knows the class code may choose a password; raises HTTPError with words for the others."""
        if not self.roster.class_code:
            raise web.HTTPError(403, NO_CODE_SET)
        if not code:
            raise web.HTTPError(403, CODE_NEEDED)
        if self._wrong_codes.too_many():
            raise web.HTTPError(403, TOO_MANY_CODES)
        if not await matches(code.strip(), self.roster.class_code):
            self._wrong_codes.add()
            raise web.HTTPError(403, WRONG_CODE)

    async def choose_password(self, name, password):
        """Changes the password of a person who is logged in; answers with words for them, and whether it worked."""
        if not self._validate_password(password):
            return self._too_short(), False
        self.passwords.change(name, await hash_password(password), self.roster.first_passwords.get(name))
        return "Your password has been changed.", True

    def validate_username(self, username):
        """Whatever JupyterHub takes: FirstUse refuses spaces, but no account or unit here is hurt by one."""
        return Authenticator.validate_username(self, username)

    def delete_user(self, user):
        self.passwords.remove(user.name)

    def get_handlers(self, app):
        return [(r"/auth/change-password", ChangePasswordHandler)]

    def _too_short(self):
        return f"This password is too short: it needs at least {self.min_password_length} characters."


class ChangePasswordHandler(ResetPasswordHandler):
    """The page where people change their password."""

    @web.authenticated
    async def post(self):
        self._register_template_path()
        words, done = await self.authenticator.choose_password(
            self.current_user.name, self.get_body_argument("password", strip=False)
        )
        self.finish(
            await self.render_template(
                "reset.html", result=True, alert="success" if done else "danger", result_message=words
            )
        )


class Attempts:
    """Wrong class codes of the last minute, of everybody together: a code is short, and there are many names."""

    MOST = 20
    SECONDS = 60

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._times = collections.deque(maxlen=self.MOST)

    def add(self):
        self._times.append(self._clock())

    def too_many(self):
        return len(self._times) == self.MOST and self._clock() - self._times[0] < self.SECONDS


NO_ADMIN_PASSWORD = (
    "{name} is an admin and has no password yet. Set one on the server: sudo homeroom users reset-password {name}"
)
NO_PASSWORD = "{name} has no password yet. Your teacher has one for you."
NO_CODE_SET = "Your teacher has not set a class code yet: sudo homeroom users class-code"
CODE_NEEDED = "You log in for the first time: go back and type the class code too. Your teacher has it."
WRONG_CODE = "This is not the class code. Ask your teacher for it."
TOO_MANY_CODES = "Too many wrong class codes were typed just now. Try again in a minute."
