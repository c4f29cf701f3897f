"""Conda's packages by py-rattler: what the other scripts here have in common.

Everything runs as the account that asks (homeroom-env, or an admin in a terminal), with the system's Python and -I -S:
the library lies in a folder that only root writes, and packages that are installed run no code here.
"""

import asyncio
import os
import sys


def load(library):
    """Makes py-rattler importable from the folder that it was unpacked into."""
    sys.path.append(library)


def run(work, name=None):
    """Carries out a coroutine and ends the process at once: threads of py-rattler's may still be about when Python would
    clear up after itself, and crash it (version 0.28).
    """
    code = 0
    try:
        asyncio.run(work)
    except Exception as error:
        print(f"{name or type(error).__name__}: {error}", file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def cache_folder():
    """Where this account keeps channels' indexes and unpacked packages."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "homeroom-conda")


def settings():
    """Files are copied: admins edit them in place, and the cache must not change with them."""
    from rattler import Config

    return Config.from_toml('tls-root-certs = "system"\nallow-hard-links = false\nallow-symbolic-links = false\nallow-ref-links = true\n')


def gateway(config):
    from rattler import Gateway

    return Gateway.from_config(config, cache_dir=os.path.join(cache_folder(), "channels"))


def package_cache():
    from rattler.package_cache import PackageCache

    folder = os.path.join(cache_folder(), "packages")
    os.makedirs(folder, exist_ok=True)
    return PackageCache(folder)


def platforms():
    from rattler import Subdir

    return [Subdir.current(), Subdir("noarch")]


async def solve(channels, specs, preferred, config):
    """The records that specs come to; versions stay where nothing speaks against them."""
    import rattler

    return await rattler.solve(
        sources=channels,
        specs=specs,
        gateway=gateway(config),
        platforms=platforms(),
        locked_packages=preferred,
        virtual_packages=rattler.VirtualPackage.detect(),
    )


async def link(records, prefix, specs, config):
    """Makes the environment hold just these records; noted as asked for is what `specs` name."""
    import rattler

    await rattler.install(
        records=records,
        target_prefix=prefix,
        # py-rattler 0.28 hands these on as they are, so in the form that its Rust part knows.
        requested_specs=[rattler.MatchSpec(spec)._match_spec for spec in specs],
        # As conda does it; it is the account's own right to run what it installs.
        execute_link_scripts=True,
        show_progress=False,
        config=config,
        package_cache=package_cache(),
    )
