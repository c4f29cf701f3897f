import pytest
from homeroom import fragments
from traitlets.config import Config


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(fragments, "WRITTEN", tmp_path / "written")
    return tmp_path


def run(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    c = Config()
    fragments.run_fragments(folder, {"c": c, "get_config": lambda: c})
    return c


def test_runs_in_the_order_of_names_each_with_names_of_its_own(folder):
    c = run(folder, b="c.Spawner.args = [*c.Spawner.args, 'b']\nassert 'mine' not in globals()", a="mine = 1\nc.Spawner.args = ['a']")
    assert c.Spawner.args == ["a", "b"]


def test_a_folder_that_is_not_there_is_no_fragment(folder):
    fragments.run_fragments(folder / "missing", {})


@pytest.mark.parametrize(
    ("text", "line"),
    [("\nc.Spawner = =\n", 2), ("x = 1\n\nnone_such\n", 3), ("def deep():\n    import json\n    json.loads('[')\n\ndeep()\n", 3)],
)
def test_an_error_has_the_line_of_the_file_that_the_admin_wrote(folder, text, line):
    with pytest.raises(Exception) as raised:
        run(folder, own=text)
    assert fragments.place_of(raised.value) == (str(folder / "written" / "own.py"), line)


def test_an_error_of_others_has_no_place(folder):
    with pytest.raises(ZeroDivisionError) as raised:
        1 / 0  # noqa: B018
    assert fragments.place_of(raised.value) is None


def test_what_set_a_trait_last_is_found_by_its_name(folder):
    run(folder, a="c.Spawner.cmd = 'x'\n", b="# c.Spawner.cmd\nc.Spawner.cmdline = 1\nc.Spawner.cmd = ['y']\n")
    assert fragments.place_setting(folder, "cmd") == (str(folder / "written" / "b.py"), 3)
    assert fragments.place_setting(folder, "none") is None
