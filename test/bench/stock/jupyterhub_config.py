"""The stock hub's configuration: root on TCP, servers by systemd-run, an account made at the first start of a server."""

import pwd
import subprocess
import sys

c = get_config()  # noqa: F821

c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = 15001
c.JupyterHub.bind_url = "http://:80"
c.JupyterHub.cleanup_servers = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"

c.JupyterHub.authenticator_class = "firstuseauthenticator.FirstUseAuthenticator"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"teacher"}

c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
c.SystemdSpawner.unit_name_template = "jupyter-{USERNAME}"
c.SystemdSpawner.username_template = "jupyter-{USERNAME}"
c.SystemdSpawner.extra_paths = ["/opt/stock/user/bin"]
c.SystemdSpawner.default_shell = "/bin/bash"
c.Spawner.cmd = ["/opt/stock/user/bin/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"


def make_account(spawner):
    account = f"jupyter-{spawner.user.name}"
    try:
        pwd.getpwnam(account)
    except KeyError:
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", account], check=True)


c.Spawner.pre_spawn_hook = make_account

c.JupyterHub.services = [
    {"name": "cull-idle", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=600", "--cull-every=60"]}
]
c.JupyterHub.load_roles = [
    {
        "name": "cull-idle",
        "services": ["cull-idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
