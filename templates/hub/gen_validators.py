"""Compiles nbformat's schemas into <environment>/share/homeroom/validators; run once when an environment is built."""

import os
import py_compile
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import fastjsonschema  # noqa: E402
from homeroom.validators import FOLDER, validator_file  # noqa: E402
from nbformat import validator  # noqa: E402

VERSIONS = [(4, minor) for minor in range(6)] + [(3, 0)]


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    compile_schema = fastjsonschema.compile

    def compile_and_keep(schema, *arguments, **options):
        file = validator_file(schema)
        fresh = file.with_suffix(".new")
        fresh.write_text(fastjsonschema.compile_to_code(schema))
        os.replace(fresh, file)
        py_compile.compile(str(file))
        return compile_schema(schema, *arguments, **options)

    fastjsonschema.compile = compile_and_keep
    for version in VERSIONS:
        validator.get_validator(*version)


if __name__ == "__main__":
    main()
