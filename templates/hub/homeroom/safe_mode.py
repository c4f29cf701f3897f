"""A server that starts whatever the home or the shared environment has come to, and says so on every page."""

import html
import json
import os
import subprocess
import sys
from pathlib import Path

ENVIRONMENT = "/opt/homeroom/environment"
SAFE = (
    "Safe mode: your server did not start with the settings in your home, so they are left out. To set them aside, "
    "type homeroom-reset-home in a terminal (it deletes nothing), then stop and start your server."
)
RESCUE = (
    "The class's Python environment cannot start a server just now: {reason}. This server runs without it; "
    "packages may be missing. Your files are all here. Admins type: sudo homeroom env repair"
)
STYLE = (
    "position:fixed;left:0;right:0;bottom:0;z-index:100000;padding:8px 40px 8px 12px;background:#7a1f1f;color:#fff;"
    "font:14px sans-serif"
)


def arguments_of(mode):
    """What a server in another than the normal mode is told besides, and finds in its environment."""
    if mode not in ("safe", "rescue"):
        return []
    runtime = os.environ["JUPYTER_RUNTIME_DIR"]
    arguments = leave_settings_out(runtime)
    return arguments if mode == "safe" else [*arguments, *use_rescue_kernels(runtime)]


def show_notice(mode, reason):
    if mode == "safe":
        show_on_every_page(SAFE)
    elif mode == "rescue":
        show_on_every_page(RESCUE.format(reason=reason))


def leave_settings_out(runtime):
    """Nothing of the home's settings counts: neither its packages nor what Jupyter, IPython and the shell read there."""
    folder = Path(runtime, "safe")
    for name in ("config", "data", "ipython"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    os.environ.update(
        PYTHONNOUSERSITE="1",
        JUPYTER_CONFIG_DIR=str(folder / "config"),
        JUPYTER_DATA_DIR=str(folder / "data"),
        IPYTHONDIR=str(folder / "ipython"),
    )
    return ["--ServerApp.terminado_settings={'shell_command': ['/bin/bash', '--noprofile', '--norc']}"]


def use_rescue_kernels(runtime, environment=ENVIRONMENT):
    """Kernels of the shared environment where those still run, and one of this environment in any case."""
    python = os.path.join(os.path.realpath(environment), "bin/python")
    kernels = {"rescue": ("Python (rescue)", sys.executable)}
    kernels["python3"] = ("Python 3", python if has_kernel(python) else sys.executable)
    for name, (title, interpreter) in kernels.items():
        folder = Path(runtime, "safe", "kernels", name)
        folder.mkdir(parents=True, exist_ok=True)
        command = [interpreter, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (folder / "kernel.json").write_text(json.dumps({"argv": command, "display_name": title, "language": "python"}))
    os.environ["JUPYTER_PATH"] = str(Path(runtime, "safe"))
    os.environ["JUPYTERHUB_DEFAULT_URL"] = "/lab"
    return ["--KernelSpecManager.ensure_native_kernel=False"]


def has_kernel(python):
    try:
        done = subprocess.run([python, "-s", "-c", "import ipykernel.kernelapp"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def show_on_every_page(notice):
    """Puts a line at the foot of each page that this server makes."""
    from jupyter_server.base.handlers import JupyterHandler
    from jupyter_server.extension.handler import ExtensionHandlerMixin

    close = '<button aria-label="Close" onclick="this.parentNode.remove()" style="position:absolute;right:8px;top:6px">&times;</button>'
    line = f'<div id="homeroom-notice" role="alert" style="{STYLE}">{html.escape(notice)}{close}</div>'

    for kind in (JupyterHandler, ExtensionHandlerMixin):
        kind.render_template = with_line(kind.render_template, line)


def with_line(render, line):
    def render_template(handler, name, **names):
        return render(handler, name, **names).replace("</body>", f"{line}</body>")

    return render_template
