"""FirstUseAuthenticator with Homeroom's manners: hashing aside, an own database, and no name up for grabs."""

from firstuseauthenticator import FirstUseAuthenticator
from firstuseauthenticator.firstuseauthenticator import ResetPasswordHandler
from tornado import web
from traitlets import Unicode, default

from .passwords import PasswordStore, hash_password, matches


class HomeroomFirstUse(FirstUseAuthenticator):
    """The first password that someone on the roster types is theirs; an admin's comes from the installer."""

    passwords_path = Unicode("passwords.sqlite", config=True, help="Where the chosen passwords are kept.")

    roster = None  # given by `rostered`
    first_password_is_chosen = True  # for the login page

    @default("check_passwords_on_startup")
    def _no_dbm(self):
        return False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.passwords = PasswordStore(self.passwords_path)

    async def authenticate(self, handler, data):
        name, password = self.normalize_username(data["username"]), data["password"]
        if not self.roster.lets_in(name) or not self.validate_username(name):
            return None
        if not self.create_users and not self.roster.lists(name) and not self._user_exists(name):
            return None
        current = self.passwords.current(name, self.roster.first_passwords.get(name))
        if current is not None:
            return name if await matches(password, current) else None
        if self.roster.is_admin(name):
            raise web.HTTPError(403, NO_ADMIN_PASSWORD.format(name=name))
        if not self._validate_password(password):
            raise web.HTTPError(403, self._too_short())
        if self.passwords.add(name, await hash_password(password)):
            return name
        return await self.authenticate(handler, data)  # someone was faster: now it must match

    async def choose_password(self, name, password):
        """Changes the password of a person who is logged in; answers with words for them, and whether it worked."""
        if not self._validate_password(password):
            return self._too_short(), False
        self.passwords.change(name, await hash_password(password), self.roster.first_passwords.get(name))
        return "Your password has been changed.", True

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


NO_ADMIN_PASSWORD = (
    "{name} is an admin and has no password yet. Set one on the server: sudo homeroom users password {name}"
)
