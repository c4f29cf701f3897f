"""conda and mamba for the class's environment: `python3 -I -S command.py NAME ARGUMENT...`, as whoever types it.

What everybody uses of them: install, remove, update, list, search, info and export. A conda or mamba that is installed
into the environment is found before this one and does the rest.
"""

import argparse
import json
import os
import sys
from glob import glob

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(HERE)

import engine  # noqa: E402

LINK = "/opt/homeroom/environment"
CHANGES = ("install", "remove", "uninstall", "update", "upgrade")


def main():
    name, *arguments = sys.argv[1:]
    given = parser_of(name).parse_args(arguments or ["--help"])
    prefix = os.path.realpath(LINK)
    if given.prefix and os.path.realpath(given.prefix) != prefix:
        sys.exit(f"{name} here changes the class's environment only. For others: {name} install mamba, then a new terminal.")
    os.umask(0o002)
    with open(os.path.join(HERE, "../locks/rattler.json")) as file:
        engine.load(f"/opt/homeroom/runtimes/py-rattler-{json.load(file)['version']}")
    if given.verb in CHANGES and not os.access(os.path.join(prefix, "conda-meta"), os.W_OK):
        sys.exit("Only admins change the class's environment. For yourself: pip install NAME (it goes to your home).")
    engine.run(VERBS[given.verb](prefix, given), name)


def parser_of(name):
    parser = argparse.ArgumentParser(prog=name, description="Changes the class's environment; every change is kept as a snapshot (homeroom env history).")
    verbs = parser.add_subparsers(dest="verb", metavar="COMMAND", required=True)
    for verb in [*CHANGES, "list", "search", "info", "export", "env"]:
        one = verbs.add_parser(verb)
        one.add_argument("specs", nargs="*", metavar="PACKAGE")
        one.add_argument("-c", "--channel", action="append", default=[])
        one.add_argument("-p", "--prefix")
        for flags in (["-y", "--yes"], ["--all"], ["-q", "--quiet"], ["--json"]):
            one.add_argument(*flags, action="store_true")
    return parser


async def change(prefix, given):
    there = installed(prefix)
    config = engine.settings()
    named = {spec_name(spec) for spec in given.specs}
    if not given.specs and not given.all:
        raise ValueError(f"say which packages: conda {given.verb} NAME")
    removing = given.verb in ("remove", "uninstall")
    unknown = sorted(named - there.keys())
    if given.verb != "install" and unknown:
        raise ValueError(f"not installed: {', '.join(unknown)}")
    kept = [spec for name, spec in wanted(there) if name not in named]
    specs = kept if removing else [*kept, *given.specs]
    updating = given.verb in ("update", "upgrade")
    preferred = [record for name, record in there.items() if not (updating and (given.all or name in named))]
    solved = await engine.solve([*given.channel, *channels_of(prefix)], specs, preferred, config)
    changes = list(differences(there, solved))
    if not changes:
        return print("Everything that this asks for is so already.")
    print("\n".join(changes))
    if sys.stdin.isatty() and not given.yes and input("Proceed ([y]/n)? ").strip().lower() not in ("", "y", "yes"):
        return print("Nothing was changed.")
    await engine.link(solved, prefix, specs, config)


def installed(prefix):
    """Records by name, as conda-meta has them."""
    from rattler import PrefixRecord

    records = [PrefixRecord.from_path(path) for path in glob(os.path.join(prefix, "conda-meta", "*.json"))]
    return {record.name.normalized: record for record in records}


def wanted(there):
    """What somebody asked for, and what nothing else needs: these stay."""
    needed = {depends.split(" ")[0] for record in there.values() for depends in record.depends}
    for name, record in there.items():
        specs = list(record.requested_specs or [])
        if specs or name not in needed:
            yield name, specs[0] if specs else name


def spec_name(spec):
    from rattler import MatchSpec

    name = MatchSpec(spec).name
    return str(getattr(name, "normalized", name))


def differences(there, solved):
    after = {record.name.normalized: record for record in solved}
    for name in sorted(there.keys() | after.keys()):
        was, now = (f"{one.version} {one.build}" if one else None for one in (there.get(name), after.get(name)))
        if was != now:
            yield f"  + {name} {now}" if was is None else f"  - {name} {was}" if now is None else f"  ~ {name} {was} -> {now}"


def channels_of(prefix):
    with open(os.path.join(prefix, ".condarc")) as file:
        return json.load(file)["channels"]


async def show(prefix, given):
    rows = [(name, str(record.version), str(record.build), record.channel) for name, record in sorted(installed(prefix).items()) if not given.specs or name in given.specs]
    if given.json:
        return print(json.dumps([dict(zip(("name", "version", "build_string", "channel"), row, strict=True)) for row in rows], indent=1))
    print(f"# packages in environment at {prefix}:")
    print("\n".join("  ".join(part.ljust(width) for part, width in zip(row, (26, 12, 18, 0), strict=True)) for row in rows))


async def search(prefix, given):
    found = await engine.gateway(engine.settings()).query([*given.channel, *channels_of(prefix)], engine.platforms(), given.specs, recursive=False)
    rows = {(one.name.normalized, one.version, str(one.build), one.channel) for records in found for one in records}
    if not rows:
        raise ValueError(f"no channel has {' '.join(given.specs)}")
    print("\n".join("  ".join(str(part) for part in row) for row in sorted(rows)))


async def info(prefix, given):
    print(f"environment: {prefix}\nchannels: {', '.join(channels_of(prefix))}\ncache: {engine.cache_folder()}")


async def export(prefix, given):
    lines = [f"  - {name}={record.version}={record.build}" for name, record in sorted(installed(prefix).items())]
    print("\n".join(["channels:", *(f"  - {channel}" for channel in channels_of(prefix)), "dependencies:", *lines]))


VERBS = {**dict.fromkeys(CHANGES, change), "list": show, "search": search, "info": info, "export": export, "env": export}

if __name__ == "__main__":
    main()
