"""Says whether the shared environment can start a server: homeroom-environment-check.service, as homeroom-env.

`python3 -I -S check.py STORE RESULTS CHECK`. The answer for the latest snapshot goes to RESULTS/<id>.json.
"""

import json
import os
import re
import subprocess
import sys

MOST = 200


def main():
    store, results, script = sys.argv[1:4]
    link = os.path.join(store, "latest")
    if not os.path.lexists(link):
        return  # the first snapshot comes soon
    id = os.readlink(link).removesuffix(".json")
    with open(link) as file:
        environment = json.load(file)["environment"]
    reason = why_not(environment, script)
    write(results, id, {"snapshot": id, "environment": environment, "works": reason is None, "reason": reason})
    print("it can start a server" if reason is None else reason)


def why_not(environment, script):
    """None where a server starts from this environment, else the reason in one line."""
    python = os.path.join(environment, "bin/python")
    try:
        done = subprocess.run([python, "-I", script], capture_output=True, text=True, timeout=120, errors="replace")
    except FileNotFoundError:
        return "it has no Python interpreter (any more)"
    except subprocess.TimeoutExpired:
        return "a server did not get ready within 120 s"
    except OSError as error:
        return f"its Python interpreter does not run: {error.strerror}"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"its Python interpreter was ended by signal {-done.returncode}: a compiled package does not fit"
    said = [line for line in done.stderr.strip().split("\n") if line.strip()]
    return re.sub(r"[^ -~]", "?", said[-1][:500]) if said else f"it ended with exit code {done.returncode}"


def write(folder, id, result):
    fresh = os.path.join(folder, f".{id}.new")
    with open(fresh, "w") as file:
        json.dump(result, file)
    os.rename(fresh, os.path.join(folder, f"{id}.json"))
    for old in sorted(name for name in os.listdir(folder) if name.endswith(".json"))[:-MOST]:
        os.unlink(os.path.join(folder, old))


if __name__ == "__main__":
    main()
