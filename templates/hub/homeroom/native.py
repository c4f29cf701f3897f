"""NativeAuthenticator behind the roster: admins' names cannot be signed up for, people on the roster need no approval."""

from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo

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
        if valid and user.is_authorized and (not user.has_2fa or user.is_valid_token(data.get("2fa"))):
            self.successful_login(name)
            return name
        self.add_login_attempt(name)
        return None
