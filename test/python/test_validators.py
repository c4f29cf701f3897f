import fastjsonschema
import pytest
from homeroom.validators import take_validators_from, validator_file

SCHEMA = {"type": "object", "required": ["cells"]}


@pytest.fixture(autouse=True)
def restore(monkeypatch):
    monkeypatch.setattr(fastjsonschema, "compile", fastjsonschema.compile)


def test_a_stored_validator_is_used(tmp_path):
    validator_file(SCHEMA, tmp_path).write_text("def validate(data):\n    return 'stored'\n")
    take_validators_from(tmp_path)
    assert fastjsonschema.compile(SCHEMA)({}) == "stored"


def test_every_other_schema_is_compiled(tmp_path):
    take_validators_from(tmp_path)
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        fastjsonschema.compile(SCHEMA)({})
    assert fastjsonschema.compile({"type": "object"}, {})({}) == {}


def test_another_version_of_the_compiler_has_other_files(tmp_path, monkeypatch):
    before = validator_file(SCHEMA, tmp_path)
    monkeypatch.setattr(fastjsonschema, "VERSION", "0")
    assert validator_file(SCHEMA, tmp_path) != before
