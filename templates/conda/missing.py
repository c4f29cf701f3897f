"""Which packages of a lock the cache lacks: `python3 -I -S missing.py LIBRARY LOCK`, a name a line."""

import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import engine  # noqa: E402
from records import read_lines, record_of  # noqa: E402


def main():
    library, lock = sys.argv[1:3]
    engine.load(library)
    with open(lock) as file:
        records = [record_of(data) for data in read_lines(file.read())]
    engine.run(tell(records))


async def tell(records):
    there = await engine.package_cache().index()
    for record in records:
        if not there.contains_record(record):
            print(record.name.normalized)


if __name__ == "__main__":
    main()
