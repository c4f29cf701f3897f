"""What an environment gets beside its packages; run once by its own Python when it is built, as its owner."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import check_lean  # noqa: E402
import gen_validators  # noqa: E402

# A venv has no user site, so what a student installs with pip would have nowhere to go. As in any other Python it comes
# first, and is left out where somebody says so: -I, -s, PYTHONNOUSERSITE.
USER_SITE = '''"""Lets everybody install into their home what the shared environment lacks."""

import os
import site
import sys

if not sys.flags.no_user_site:
    execsitecustomize = site.execsitecustomize

    def enable_user_site():
        # site.main says no for every venv, after this file was read: what it calls next says yes, and pip asks that.
        site.ENABLE_USER_SITE = True
        execsitecustomize()

    site.execsitecustomize = enable_user_site
    folder = site.getusersitepackages()
    if os.path.isdir(folder) and folder not in sys.path:
        before = list(sys.path)
        site.addsitedir(folder)
        added = [path for path in sys.path if path not in before]
        here = os.path.dirname(os.path.abspath(__file__))
        at = before.index(here) if here in before else len(before)
        sys.path[:] = before[:at] + added + before[at:]
'''


def main():
    gen_validators.main()
    check_lean.main()
    library = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages")
    (library / "_homeroom_user_site.py").write_text(USER_SITE)
    (library / "homeroom-user-site.pth").write_text("import _homeroom_user_site\n")


if __name__ == "__main__":
    main()
