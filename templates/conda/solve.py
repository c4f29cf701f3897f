"""What requirements come to in channels: `python3 -I -S solve.py LIBRARY CHANNELS REQUIREMENTS PREFERENCES`.

CHANNELS is JSON, the other two are files. Prints JSON: `records` (lines of a lock), `pip`: the requirements that
no channel has, which pip installs on top, and `found`: the names of PyPI that a channel has, and under which name.
"""

import json
import os
import re
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import counterparts  # noqa: E402
import engine  # noqa: E402
from records import line_of, read_lines, record_of  # noqa: E402

PIP_LINE = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)", re.M)


def main():
    library, channels, requirements, preferences = sys.argv[1:5]
    engine.load(library)
    with open(requirements) as file:
        wanted = [line.strip() for line in file if line.strip()]
    with open(preferences) as file:
        before = file.read()
    engine.run(tell(json.loads(channels), wanted, before))


async def tell(channels, wanted, before):
    print(json.dumps(await answer(channels, wanted, before)))


async def answer(channels, wanted, before):

    config = engine.settings()
    earlier = read_lines(before)
    pip_lines = {match["name"].lower(): match["version"] for match in PIP_LINE.finditer(before)}
    asked = {name for requirement in wanted for name in counterparts.names_of(requirement)}
    asked.update(name for line in pip_lines for name in counterparts.names_of(line))
    found = await engine.gateway(config).query(channels, engine.platforms(), sorted(asked), recursive=False)
    there = {}
    for records in found:
        for record in records:
            there.setdefault(record.name.normalized, []).append(record)
    specs, rest, found_as = ["python"], [], {}
    for requirement in wanted:
        name = next((name for name in counterparts.names_of(requirement) if name in there), None)
        if name is None:
            rest.append(requirement)
            continue
        specs.append(counterparts.spec_of(requirement, name))
        found_as[counterparts.package_of(requirement)] = name
        if counterparts.has_extras(requirement):
            rest.append(requirement)
    preferred = [record_of(data) for data in earlier] + same_versions(pip_lines, there)
    solved = await engine.solve(channels, specs, preferred, config)
    asked_for = {spec.split(" ")[0]: [spec] for spec in specs}
    lines = [line_of(record, asked_for.get(record.name.normalized, ())) for record in sorted(solved, key=lambda one: one.name.normalized)]
    return {"records": lines, "pip": rest, "found": found_as}


def same_versions(pip_lines, there):
    """Records of the versions that another environment has; the newest build of each."""
    chosen = []
    for name, version in pip_lines.items():
        for candidate in counterparts.names_of(name):
            fitting = [record for record in there.get(candidate, []) if str(record.version) == version]
            chosen += fitting[-1:]
            if candidate in there:
                break
    return chosen


if __name__ == "__main__":
    main()
