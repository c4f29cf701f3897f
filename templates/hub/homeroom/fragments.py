"""What an admin adds to the hub's configuration: pieces of Python in /etc/homeroom/jupyterhub_config.d, by name.

The hub runs the copies that the installer has tried (try_configuration.py); messages name the admin's own files.
"""

import re
import traceback
from pathlib import Path

WRITTEN = Path("/etc/homeroom/jupyterhub_config.d")
IGNORED = re.compile(r"Config option `(\w+)` not recognized by `(\w+)`")
REFUSED = re.compile(r"The '(\w+)' trait of ")


def run_fragments(folder, names):
    """Runs each file of a folder in the order of their names, with `names` (`c`) as what it can use."""
    for path in fragments(folder):
        shown = str(WRITTEN / path.name)
        exec(compile(path.read_bytes(), shown, "exec"), {"__name__": path.stem, "__file__": shown, **names})


def fragments(folder):
    return sorted(Path(folder).glob("*.py"))


def place_of(error):
    """File and line of a fragment that an exception comes from; None where it comes from elsewhere."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).parent == WRITTEN:
        return error.filename, error.lineno or 1
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == WRITTEN]
    return (frames[-1].filename, frames[-1].lineno) if frames else None


def place_setting(folder, trait):
    """File and line that set a trait last: the last line that names it, as configuration has no other record."""
    found = None
    for path in fragments(folder):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if re.search(rf"\.{trait}\b", line.partition("#")[0]):
                found = str(WRITTEN / path.name), number
    return found
