"""conda's words for Python's requirements, and pip's for conda's; no package of conda's is needed for it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "templates" / "conda"
sys.path.append(str(SCRIPTS))

import counterparts  # noqa: E402
import instead  # noqa: E402
from records import read_lines, to_line  # noqa: E402


@pytest.mark.parametrize(
    ("requirement", "names"),
    [
        ("numpy>=2", ["numpy"]),
        ("Typing.Extensions", ["typing.extensions", "typing-extensions", "typing_extensions"]),
        ("torch", ["pytorch", "torch"]),
        ("jupyterhub==6.1.1", ["jupyterhub-base", "jupyterhub"]),
        ("homework @ https://example.org/homework.whl", []),
        ("tomli; python_version < '3.11'", []),
    ],
)
def test_names_that_a_channel_may_have(requirement, names):
    assert counterparts.names_of(requirement) == names


@pytest.mark.parametrize(
    ("requirement", "spec"),
    [
        ("numpy", "numpy"),
        ("numpy >= 2, <3", "numpy >=2,<3"),
        ("numpy[all]==1.26.*", "numpy 1.26.*"),
        ("numpy===1.26.4", "numpy ==1.26.4"),
        ("numpy~=1.26.1", "numpy ~=1.26.1"),
    ],
)
def test_versions_in_condas_words(requirement, spec):
    assert counterparts.spec_of(requirement, "numpy") == spec


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("install -y -c conda-forge numpy=1.26 scipy>=1.2", "pip install 'numpy==1.26.*' 'scipy>=1.2'"),
        ("install conda-forge::pytorch", "pip install torch"),
        ("install numpy==1.26.4", "pip install numpy==1.26.4"),
        ("remove python-graphviz", "pip uninstall graphviz"),
        ("update numpy", "pip install --upgrade numpy"),
        ("list", "pip list"),
        ("env export", "pip freeze"),
        ("activate base", None),
    ],
)
def test_what_to_type_instead_of_conda(line, answer):
    assert instead.instead(line.split(" ")) == answer


def test_the_answer_fails_and_says_it_on_standard_error():
    command = [sys.executable, "-I", "-S", str(SCRIPTS / "instead.py"), "mamba", "install", "numpy"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not by mamba" in done.stderr and "Type instead: pip install numpy" in done.stderr


def test_a_lock_holds_condas_lines_and_pips():
    line = to_line({"name": "numpy", "version": "2", "noarch": None, "depends": [], "files": ["x"]})
    assert line == '{"name": "numpy", "version": "2"}'
    assert read_lines(f"{line}\ncowsay==6.1 \\\n    --hash=sha256:00\n") == [{"name": "numpy", "version": "2"}]
