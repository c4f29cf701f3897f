"""The hub's configuration: what the installer compiled (hub.json), and what makes it Homeroom's."""

import json
import os
from pathlib import Path

from homeroom.accounts import AccountOwners
from homeroom.admission import Admission
from homeroom.authenticator import authenticator_class
from homeroom.class_notice import ClassNotice
from homeroom.credentials import CredentialServer
from homeroom.fragments import run_fragments
from homeroom.hub import HomeroomHub
from homeroom.notices import Notices
from homeroom.roster import Roster
from homeroom.spawner import HomeroomSpawner
from homeroom.systemd import Systemd
from traitlets.log import get_logger

COMPILED = Path("/var/lib/homeroom/compiled")
SECRETS = Path(os.environ["CREDENTIALS_DIRECTORY"])
STATE = Path("/var/lib/homeroom/hub")
HUB_SOCKET = "http+unix://%2Frun%2Fhomeroom%2Fhub.sock"
PROXY_SOCKET = "http+unix://%2Frun%2Fhomeroom%2Fproxy-api.sock"

c = get_config()  # noqa: F821
compiled = json.loads((COMPILED / "hub.json").read_text())
roster = Roster(COMPILED / "roster.json")


def secret(name):
    return (SECRETS / name).read_text().strip()


# What the config asks for comes first: everything below it is not up for change.
for section, traits in compiled["authenticator"]["traits"].items():
    for trait, value in traits.items():
        c[section][trait] = set(value) if trait in ("allowed_users", "admin_users", "blocked_users") else value

base_url = compiled["base_url"]
c.JupyterHub.bind_url = f"http://127.0.0.1{base_url}"
# Each person's server at a name of its own below it, which the front door routes by ("" is all at one name).
c.JupyterHub.subdomain_host = compiled["subdomain_host"]
c.JupyterHub.hub_bind_url = c.JupyterHub.hub_connect_url = HUB_SOCKET
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret = bytes.fromhex(secret("cookie-secret"))
c.JupyterHub.template_paths = [str(Path(__file__).parent / "pages")]
class_notice = ClassNotice()
# JupyterHub calls them with whoever looks at the page, None for strangers.
c.JupyterHub.template_vars = {
    "homeroom_ending": lambda user: user and HomeroomSpawner.endings.get(user.name),
    "homeroom_notice": lambda _user: class_notice.text(),
}
# Servers are units of their own: they outlive the hub, and a busy one may take its time to answer a new hub.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.init_spawners_timeout = 1

c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = PROXY_SOCKET
c.ConfigurableHTTPProxy.auth_token = secret("proxy-token")

c.JupyterHub.authenticator_class = authenticator_class(compiled["authenticator"]["class"], roster)
c.HomeroomFirstUse.passwords_path = str(STATE / "passwords.sqlite")
if roster.open and not any(
    trait.startswith("allow") for traits in compiled["authenticator"]["traits"].values() for trait in traits
):
    c.Authenticator.allow_all = True

c.JupyterHub.spawner_class = HomeroomSpawner
HomeroomSpawner.share(
    systemd=Systemd(),
    credentials=CredentialServer(get_logger()),
    owners=AccountOwners(STATE / "accounts.json"),
    roster=roster,
    admission=Admission(roster.reserve),
)
HomeroomHub.notices = Notices(COMPILED / "notices.json", STATE / "notices-heeded")
c.Spawner.default_url = compiled["default_url"]
# systemd ends a start that takes too long and says why; the hub waits longer than that, and for its turn before it.
c.Spawner.start_timeout = compiled["server_start_timeout"] + 15 * 60
c.Spawner.http_timeout = 120
HomeroomSpawner.choices = {"lean": compiled["lean"], "debugger": compiled["debugger"]}
if idle := compiled["cull"]["kernels"]:
    # One whose notebook is open in a browser stays (cull_connected is off), and one that computes does (cull_busy).
    look = max(1, min(idle, 60))
    c.Spawner.args = [f"--MappingKernelManager.cull_idle_timeout={idle}", f"--MappingKernelManager.cull_interval={look}"]

if compiled["cull"]["enabled"]:
    c.JupyterHub.services = [{"name": "homeroom-culler", "api_token": secret("culler-token")}]
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    if compiled["cull"]["users"]:
        scopes.append("admin:users")
    c.JupyterHub.load_roles = [{"name": "homeroom-culler", "services": ["homeroom-culler"], "scopes": scopes}]

# The admin's own, last: it may change all of the above.
run_fragments(COMPILED / "jupyterhub_config.d", {"c": c, "get_config": get_config})  # noqa: F821
