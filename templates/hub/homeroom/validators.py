"""Validators of notebook files, compiled once per environment instead of in each server at its first save (10 MB)."""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

FOLDER = Path(sys.prefix, "share", "homeroom", "validators")


def validator_file(schema, folder=FOLDER):
    """Where the compiled validator of this schema lies: named by schema and compiler, so it is never out of date."""
    import fastjsonschema

    text = json.dumps([fastjsonschema.VERSION, schema], sort_keys=True)
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.py"


def take_validators_from(folder=FOLDER):
    """Lets fastjsonschema.compile answer from the folder; what is not there is compiled as always."""
    import fastjsonschema

    compile_schema = fastjsonschema.compile

    def compile_or_take(schema, *arguments, **options):
        if not arguments and not options:
            file = validator_file(schema, folder)
            if file.is_file():
                return load(file).validate
        return compile_schema(schema, *arguments, **options)

    fastjsonschema.compile = compile_or_take


def load(file):
    spec = importlib.util.spec_from_file_location(f"homeroom_validator_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
