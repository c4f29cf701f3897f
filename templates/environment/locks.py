"""Locks as uv writes them: which hashes an index gave for which version of a package."""

import os
import re
import subprocess
import tempfile

LINE = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")


def read_lock(text):
    """{(name, version): its hashes, sorted}"""
    found = {}
    entry = None
    for line in text.split("\n"):
        match = LINE.match(line)
        if match:
            entry = found.setdefault((normal(match["name"]), match["version"]), [])
        elif line and not line.startswith(" "):
            entry = None
        if entry is not None:
            entry += [hash for hash in re.findall(r"--hash=(sha256:[0-9a-f]{64})", line) if hash not in entry]
    return {key: sorted(hashes) for key, hashes in found.items() if hashes}


def write_lock(packages):
    """The text of a lock from {(name, version): hashes}."""
    lines = []
    for (name, version), hashes in sorted(packages.items()):
        lines.append(" \\\n    ".join([f"{name}=={version}", *(f"--hash={hash}" for hash in hashes)]))
    return "".join(f"{line}\n" for line in lines)


def ask_index(wanted, uv, settings):
    """Hashes of [(name, version)] that the index has, {} where it cannot be reached."""
    found = {}
    batch = sorted(wanted)
    while batch:
        answer, missing = compile(batch, uv, settings)
        if answer is not None:
            found.update(read_lock(answer))
            break
        rest = [pair for pair in batch if pair[0] not in missing]
        if len(rest) == len(batch):
            break
        batch = rest
    return {key: hashes for key, hashes in found.items() if key in set(wanted)}


def compile(batch, uv, settings):
    """uv's lock for exactly these, or the names that its error holds against the index."""
    with tempfile.NamedTemporaryFile("w", suffix=".in") as file:
        file.write("".join(f"{name}=={version}\n" for name, version in batch))
        file.flush()
        command = [uv, "pip", "compile", "--quiet", "--no-deps", "--generate-hashes", "--no-header", "--no-annotate", "--no-build"]
        environment = {**os.environ, **settings}
        try:
            done = subprocess.run([*command, "--python", "/usr/bin/python3", file.name], env=environment, capture_output=True, text=True, timeout=120)
        except (OSError, subprocess.TimeoutExpired):
            return None, set()
    if done.returncode == 0:
        return done.stdout, set()
    return None, {normal(name) for name in re.findall(r"(?:Because|of) ([A-Za-z0-9][A-Za-z0-9._-]*?)(?:==\S+)?(?:,| was| has| and)", done.stderr)}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
