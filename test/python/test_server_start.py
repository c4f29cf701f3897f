"""server_start.py run as the unit runs it: a real server on a socket, with a hub that only says which version it is."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

import pytest
from conftest import HUB
from homeroom.memory_watch import SCHEMA
from homeroom.stand_in_hub import UnixConnection, environment_of_alice, stand_in_hub
from jupyter_client.blocking import BlockingKernelClient

TOKEN = "token-of-this-test"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Credentials, a notification socket, a hub; gives a function that starts the server and says what it told."""
    for folder in ("credentials", "home"):
        (tmp_path / folder).mkdir()
    runtime = tempfile.mkdtemp(prefix="homeroom-")  # kernels' sockets lie in there: a short path
    (tmp_path / "runtime").symlink_to(runtime)
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(60)
    running = []

    def start(credentials, *options, interpreter_options=(), python=sys.executable, launched_from=None):
        (tmp_path / "credentials" / "environment").write_text(credentials)
        program = [str(python), "-I", "-B", *interpreter_options, str(HUB / "server_start.py")]
        if launched_from:
            program = ["/usr/bin/python3", "-I", "-S", str(HUB / "launch.py"), sys.prefix, str(launched_from)]
        process = subprocess.Popen(
            [*program, str(tmp_path / "server.sock"), *options],
            cwd=tmp_path / "home",
            env={
                "PATH": f"{os.path.dirname(sys.executable)}:/usr/bin:/bin",
                "HOME": str(tmp_path / "home"),
                "JUPYTER_RUNTIME_DIR": runtime,
                "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials"),
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
                "HOMEROOM_LAZY_TRACE": "1",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process, told.recv(4096).decode()

    with stand_in_hub(str(tmp_path / "hub.sock"), "6.1.1"):
        yield start, tmp_path
        for process in running:
            process.kill()
            process.communicate()
    told.close()
    shutil.rmtree(runtime)


def credentials(tmp_path, *arguments, **choices):
    environment = environment_of_alice(tmp_path / "hub.sock", TOKEN)
    return json.dumps({"environment": environment, "arguments": ["--allow-root", *arguments], **choices})


def post(tmp_path, path, body):
    connection = UnixConnection(str(tmp_path / "server.sock"))
    connection.request("POST", path, json.dumps(body), {"Authorization": f"token {TOKEN}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def get(tmp_path, path, token=TOKEN):
    connection = UnixConnection(str(tmp_path / "server.sock"))
    connection.request("GET", path, headers={"Authorization": f"token {token}"} if token else {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_ready_is_said_when_the_socket_answers_and_nothing_more_was_loaded(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path), "--lean")
    assert told == "READY=1\nSTATUS=Serving", (told, process.poll() is not None and process.stderr.read())
    mode = (tmp_path / "server.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    status, body = get(tmp_path, "/user/alice/api/status")
    assert status == 200 and json.loads(body)["kernels"] == 0
    assert get(tmp_path, "/user/alice/lab")[0] == 200
    assert get(tmp_path, "/user/alice/api/status", token=None)[0] == 403
    process.terminate()
    log = process.communicate(timeout=30)[1]
    assert "homeroom: loads" not in log
    assert "Traceback" not in log


def test_jupyterlab_gets_the_extension_and_the_server_takes_the_event_that_it_shows(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path))
    assert told.startswith("READY=1"), process.stderr.read()
    page = get(tmp_path, "/user/alice/lab")[1].decode()
    assert '"load": "static/remoteEntry.js", "name": "homeroom"' in page
    status, script = get(tmp_path, "/user/alice/lab/extensions/homeroom/static/remoteEntry.js")
    assert status == 200 and SCHEMA["$id"].encode() in script
    event = {"schema_id": SCHEMA["$id"], "version": "1", "data": {"message": "no", "advice": "", "ended": 1, "limit": None}}
    assert post(tmp_path, "/user/alice/api/events", event)[0] == 204


def test_without_credentials_it_says_why_and_ends(machine):
    start, _tmp_path = machine
    process, told = start("")
    assert "no credentials" in told and told.startswith("STATUS=")
    assert process.wait(10) == 1
    assert "homeroom: the hub gave it no credentials" in process.stderr.read()


def test_a_broken_environment_says_what_is_missing(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path), interpreter_options=["-S"])  # no site-packages
    assert process.wait(10) == 1
    assert told.startswith("STATUS=the shared environment cannot start a server: ModuleNotFoundError: No module named")


def test_settings_in_the_home_are_left_out_in_safe_mode_and_every_page_says_so(machine):
    start, tmp_path = machine
    for name, text in {"jupyter_server_config.py": "raise SystemExit(3)", "jupyter_server_config.json": "{"}.items():
        (tmp_path / "home" / ".jupyter").mkdir(exist_ok=True)
        (tmp_path / "home" / ".jupyter" / name).write_text(text)
    process, told = start(credentials(tmp_path, mode="safe"), launched_from=sys.prefix)
    assert told.startswith("READY=1"), (told, process.poll() is not None and process.stderr.read())
    status, page = get(tmp_path, "/user/alice/lab")
    assert status == 200
    assert b'id="homeroom-notice"' in page and b"homeroom-reset-home" in page
    assert not (tmp_path / "home" / ".local").exists()


def test_where_the_shared_environment_has_no_interpreter_the_rescue_environment_starts(machine):
    start, tmp_path = machine
    environment = tmp_path / "environments" / "broken"
    environment.mkdir(parents=True)
    link = tmp_path / "environment"
    link.symlink_to(environment)
    process, told = start(credentials(tmp_path), launched_from=link)
    assert told.startswith("READY=1"), (told, process.poll() is not None and process.stderr.read())
    page = get(tmp_path, "/user/alice/lab")[1].decode()
    assert "its Python interpreter does not run (No such file or directory)" in page
    kernels = json.loads(get(tmp_path, "/user/alice/api/kernelspecs")[1])["kernelspecs"]
    assert kernels["rescue"]["spec"]["argv"][0] == sys.executable


def test_where_a_package_is_broken_the_same_process_goes_on_in_the_rescue_environment(machine):
    start, tmp_path = machine
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    process, told = start(credentials(tmp_path), launched_from=environment)
    assert told.startswith("READY=1"), (told, process.poll() is not None and process.stderr.read())
    page = get(tmp_path, "/user/alice/lab")[1].decode()
    assert "No module named" in page and "&#x27;" in page


def loaded(process):
    """Whether a process has SQLAlchemy in its memory: its compiled parts are files that it maps."""
    with open(f"/proc/{process.pid}/maps") as maps:
        return "sqlalchemy" in maps.read()


def test_where_a_lean_start_was_not_checked_it_starts_stock_and_says_so(machine, environment):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path), python=environment[0] / "bin/python")
    assert told == "READY=1\nSTATUS=Serving, started the stock way: it was not checked with this environment"
    assert loaded(process)


def test_the_config_turns_it_off(machine):
    start, tmp_path = machine
    process, told = start(credentials(tmp_path, lean=False), "--lean")
    assert told == "READY=1\nSTATUS=Serving"
    assert loaded(process)


def test_a_lean_start_that_fails_begins_again_stock_and_says_why(machine):
    start, tmp_path = machine
    (tmp_path / "home/.jupyter").mkdir()
    only_stock = "import sys\nif 'homeroom.lazy_modules' in sys.modules and hasattr(sys.modules['requests'], '_homeroom_pending'): sys.exit('not lean')"
    (tmp_path / "home/.jupyter/jupyter_server_config.py").write_text(only_stock)
    process, told = start(credentials(tmp_path), "--lean")
    assert told == "READY=1\nSTATUS=Serving, started the stock way: a lean start failed: SystemExit: not lean"
    assert loaded(process)
    assert get(tmp_path, "/user/alice/api/status")[0] == 200


def test_a_lean_server_keeps_out_of_memory_what_a_stock_one_loads(machine):
    start, tmp_path = machine
    process, _told = start(credentials(tmp_path), "--lean")
    assert not loaded(process)


@pytest.mark.parametrize("debugger", [True, False])
def test_kernels_have_the_debugger_where_the_config_says_so(machine, debugger):
    start, tmp_path = machine
    start(credentials(tmp_path, debugger=debugger), "--lean")
    specs = json.loads(get(tmp_path, "/user/alice/api/kernelspecs")[1])
    assert specs["kernelspecs"]["python3"]["spec"]["metadata"]["debugger"] is debugger
    status, made = post(tmp_path, "/user/alice/api/kernels", {"name": "python3"})
    assert status == 201
    client = BlockingKernelClient(connection_file=str(tmp_path / "runtime" / f"kernel-{json.loads(made)['id']}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        said = tmp_path / "said"
        code = "import sys; before = '_pydevd_bundle' in sys.modules; import debugpy; "
        client.execute(f"{code}open({str(said)!r}, 'w').write(str([before, bool(debugpy.listen)]))")
        assert client.get_shell_msg(timeout=240)["content"]["status"] == "ok"
        assert said.read_text() == f"[{debugger}, True]"
    finally:
        client.stop_channels()


def test_an_idle_kernel_without_a_browser_is_ended_where_the_config_says_so(machine):
    start, tmp_path = machine
    cull = [f"--MappingKernelManager.cull_{what}=1" for what in ("idle_timeout", "interval")]
    start(credentials(tmp_path, *cull), "--lean")
    assert post(tmp_path, "/user/alice/api/kernels", {"name": "python3"})[0] == 201
    deadline = time.monotonic() + 60
    while json.loads(get(tmp_path, "/user/alice/api/kernels")[1]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
