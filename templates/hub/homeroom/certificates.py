"""Reads the bundle of CA certificates when the first TLS connection is made, not when aiohttp is imported."""

import ssl

READING = ("load_default_certs", "set_default_verify_paths")
USING = ("wrap_socket", "wrap_bio", "cert_store_stats", "get_ca_certs")


def read_certificates_on_first_use():
    """Two contexts that aiohttp makes at import cost 2 MB and 0.1 s; most servers never connect by TLS themselves."""
    real = {name: getattr(ssl.SSLContext, name) for name in READING}
    for name in READING:
        setattr(ssl.SSLContext, name, postponed(name))
    for name in USING:
        setattr(ssl.SSLContext, name, after_reading(getattr(ssl.SSLContext, name), real))


def postponed(name):
    def remember(context, *arguments, **options):
        vars(context).setdefault("_homeroom_unread", []).append((name, arguments, options))

    return remember


def after_reading(method, real):
    def read_then_do(context, *arguments, **options):
        while unread := vars(context).pop("_homeroom_unread", None):  # reading one kind may ask for the other
            for name, reading_arguments, reading_options in unread:
                real[name](context, *reading_arguments, **reading_options)
        return method(context, *arguments, **options)

    return read_then_do
