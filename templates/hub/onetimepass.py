"""What nativeauthenticator takes from the package of this name, by pyotp (RFC 6238); why: locks/hub.override."""

from pyotp import TOTP


def valid_totp(token, secret):
    """Whether a token is the one of this half minute."""
    return TOTP(secret).verify(str(token).zfill(6))
