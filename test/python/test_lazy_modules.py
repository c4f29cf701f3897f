"""Each check runs in a Python of its own: what is loaded there must not depend on what tests loaded before."""

import subprocess
import sys
import textwrap

from conftest import HUB

START = f"""
import sys
sys.path.append({str(HUB)!r})
from homeroom.lazy_modules import HUB_MODULES, leave_unloaded, remove_stand_ins, unloaded_modules
from homeroom.savings import SERVER_MODULES
"""

FORMATS = """
from jsonschema import FormatChecker
checker = FormatChecker()
samples = {
    "iri": ["http://ü.example/é", "no iri", "http://[::1"], "iri-reference": ["/a", "\\\\\\\\x"],
    "hostname": ["a.example", "-a-."], "color": ["red", "nored"], "duration": ["P1D", "PX"],
    "uri-template": ["/{a}", "/{a"], "date-time": ["2026-01-01T00:00:00Z", "x"],
}
print([(name, value, checker.conforms(value, name)) for name, values in samples.items() for value in values])
"""


def python(code, start=START):
    run = subprocess.run(
        [sys.executable, "-I", "-B", "-c", start + textwrap.dedent(code)], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_formats_are_checked_as_without_it():
    assert python("leave_unloaded(SERVER_MODULES)\n" + FORMATS) == python(FORMATS, "")


def test_nothing_of_it_is_executed_by_importing_the_server():
    assert python("""
        leave_unloaded(SERVER_MODULES)
        import unittest.mock
        import jupyterlab.labapp, jupyterhub.singleuser
        remove_stand_ins(SERVER_MODULES)
        unloaded = unloaded_modules()
        print([name for name in SERVER_MODULES if name in sys.modules and name not in unloaded], len(unloaded) > 8)
    """) == "[] True\n"


def test_what_is_left_unloaded_is_whole_when_used():
    assert "User users real 1\n" in python("""
        leave_unloaded(SERVER_MODULES)
        import unittest.mock
        import jupyterhub.singleuser
        remove_stand_ins(SERVER_MODULES)
        import jupyterhub.orm, jupyterhub.scopes, jupyterhub.handlers.pages as pages, sqlalchemy, sqlalchemy.exc
        assert issubclass(sqlalchemy.exc.SQLAlchemyError, Exception)
        assert sqlalchemy.exc.SQLAlchemyError.__module__ == "sqlalchemy.exc"
        assert len(pages.HealthCheckHandler.__mro__) > 3
        assert jupyterhub.scopes.orm is jupyterhub.orm
        import jupyterhub.app, requests, unittest
        assert unittest.TestCase and requests.Session
        with sqlalchemy.create_engine("sqlite://").connect() as connection:
            one = connection.execute(sqlalchemy.text("select 1")).scalar()
        print(jupyterhub.orm.User.__name__, jupyterhub.orm.User.__tablename__, "real", one)
    """)


def test_threads_that_use_it_at_once_all_get_the_whole_module():
    assert python("""
        leave_unloaded(SERVER_MODULES)
        import sqlalchemy, threading
        errors, start = [], threading.Barrier(8)
        def use():
            start.wait()
            try:
                sqlalchemy.create_engine("sqlite://").connect().close()
            except Exception as error:
                errors.append(error)
        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(errors)
    """) == "[]\n"


def test_a_module_that_is_not_installed_is_missing_as_ever():
    assert python("""
        leave_unloaded({"no_such_module": {}})
        try:
            import no_such_module
        except ModuleNotFoundError as error:
            print(error.name)
    """) == "no_such_module\n"


def test_certificates_are_read_when_a_connection_is_made():
    assert python("""
        import ssl
        from homeroom.certificates import read_certificates_on_first_use
        stock = len(ssl.create_default_context().get_ca_certs())
        read_certificates_on_first_use()
        context = ssl.create_default_context()
        unread = "_homeroom_unread" in vars(context)
        print(unread, len(context.get_ca_certs()) == stock, context.verify_mode.name, context.check_hostname)
    """) == "True True CERT_REQUIRED True\n"


def test_the_hub_imports_with_what_it_leaves_unloaded():
    assert "rfc3987_syntax" in python("""
        leave_unloaded(HUB_MODULES)
        import homeroom.hub, homeroom.authenticator, homeroom.first_use
        print(unloaded_modules())
    """)
