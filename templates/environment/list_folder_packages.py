"""Prints the packages that came from a folder of `environment.from`: `python3 -I -S list_folder_packages.py ENVIRONMENT`."""

import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from distributions import installed  # noqa: E402
from tree import site_of  # noqa: E402

SOURCES = "file:///var/lib/homeroom/sources/"


def main():
    environment = sys.argv[1]
    site = site_of(environment)
    for package in installed(environment, site) if site else []:
        if (package.direct or "").startswith(SOURCES):
            print(package.name)


if __name__ == "__main__":
    main()
