"""Python's requirements (PEP 508) in conda's words, and under which name a channel has a package of PyPI's."""

import re

REQUIREMENT = re.compile(r"^\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?P<extras>\[[^\]]*\])?\s*(?P<rest>.*)$")
# Where the name alone would find another package, or one with much beside it. Python's own name comes last.
RENAMED = {
    "blosc": ["python-blosc"],
    "build": ["python-build"],
    "docker": ["docker-py"],
    "duckdb": ["python-duckdb"],
    "graphviz": ["python-graphviz"],
    "jupyterhub": ["jupyterhub-base"],
    "kaleido": ["python-kaleido"],
    "msgpack": ["msgpack-python"],
    "opencv-python": ["py-opencv"],
    "opencv-python-headless": ["py-opencv"],
    "tables": ["pytables"],
    "torch": ["pytorch"],
    "xgboost": ["py-xgboost"],
}


def names_of(requirement):
    """Names that a channel may have it under, the likeliest first; none where only pip can install it."""
    match = REQUIREMENT.match(requirement)
    if not match or "@" in match["rest"] or ";" in match["rest"]:
        return []
    written, name = match["name"].lower(), normal(match["name"])
    every = [*RENAMED.get(name, []), written, name, name.replace("-", "_"), name.replace("-", ".")]
    return list(dict.fromkeys(every))


def normal(name):
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package_of(requirement):
    return normal(REQUIREMENT.match(requirement)["name"])


def spec_of(requirement, name):
    """The same in conda's words, for the name that a channel has it under."""
    versions = REQUIREMENT.match(requirement)["rest"].strip().strip("()")
    parts = [part.strip().replace(" ", "") for part in versions.split(",") if part.strip()]
    said = []
    for part in parts:
        part = part.replace("===", "==")
        # "==1.5.*" is "1.5.*" there.
        said.append(part.removeprefix("==") if part.startswith("==") and part.endswith(".*") else part)
    return f"{name} {','.join(said)}".strip()


def has_extras(requirement):
    return bool(REQUIREMENT.match(requirement)["extras"])
