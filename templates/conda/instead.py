"""What to type instead of conda where the class's environment is pip's: `python3 -I -S instead.py NAME ARGUMENT...`."""

import os
import re
import shlex
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from counterparts import RENAMED  # noqa: E402

WITH_VALUE = {"-c", "--channel", "-n", "--name", "-p", "--prefix", "--file"}
NAMES = {conda: name for name, others in RENAMED.items() for conda in others if name != "opencv-python-headless"}


def main():
    name, *arguments = sys.argv[1:]
    print(f"The class's environment takes its packages by pip, not by {name}.", file=sys.stderr)
    line = instead(arguments)
    print(f"Type instead: {line}" if line else "pip install, pip uninstall and pip list change and show it.", file=sys.stderr)
    sys.exit(1)


def instead(arguments):
    """The line for pip; None where it has no like."""
    words = words_of(arguments)
    verb, packages = (words[0], [requirement_of(word) for word in words[1:]]) if words else ("", [])
    listed = " ".join(shlex.quote(package) for package in packages)
    if verb in ("install", "create") and packages:
        return f"pip install {listed}"
    if verb in ("update", "upgrade") and packages:
        return f"pip install --upgrade {listed}"
    if verb in ("remove", "uninstall") and packages:
        return f"pip uninstall {listed}"
    return {"list": "pip list", "search": "pip index versions NAME", "env": "pip freeze", "export": "pip freeze"}.get(verb)


def words_of(arguments):
    """The arguments that are no options."""
    words, skip = [], False
    for argument in arguments:
        if skip:
            skip = False
        elif argument.startswith("-"):
            skip = argument in WITH_VALUE
        else:
            words.append(argument)
    return words


def requirement_of(spec):
    """conda's `numpy=1.26` is pip's `numpy==1.26.*`; a channel before the name means nothing to pip."""
    spec = spec.rpartition("::")[2].strip()
    match = re.match(r"([A-Za-z0-9._-]+)\s*(.*)$", spec)
    if not match:
        return spec
    name, versions = NAMES.get(match[1].lower(), match[1]), match[2].strip()
    fuzzy = re.match(r"=([^=].*)$", versions)
    if fuzzy:
        version = fuzzy[1].split("=")[0].removesuffix(".*").removesuffix("*")
        return f"{name}=={version}.*"
    exact = re.match(r"==([^=]+)", versions)
    return f"{name}=={exact[1]}" if exact else f"{name}{versions}"


if __name__ == "__main__":
    main()
