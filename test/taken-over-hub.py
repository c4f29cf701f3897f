"""A hub whose Python is somebody else's: tries what root may do, and writes what it could do as JSON.

Run as root, with REPORT naming the file, everything but the first has to succeed: so no attempt fails for another reason.
"""

import json
import os
import subprocess
import time


def reads(path):
    try:
        with open(path, "rb") as file:
            return bool(file.read(1))
    except OSError:
        return False


def writes(path):
    try:
        with open(path, "w"):
            os.unlink(path)
        return True
    except OSError:
        return False


def becomes(uid):
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setuid(uid)
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def runs(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60).returncode == 0


def systemctl(*command):
    return runs("systemctl", "--no-ask-password", *command)


def may_start(unit):
    """Whether systemd takes the job; without a hub that hands out credentials no server gets ready."""
    return systemctl("start", "--no-block", unit)


def attempts():
    with open("/etc/passwd") as passwd:
        alice = next(int(line.split(":")[2]) for line in passwd if line.startswith("jupyter-alice:"))
    return {
        "read its own secrets": reads(f"{os.environ.get('CREDENTIALS_DIRECTORY')}/cookie-secret"),
        "stop bob's server": systemctl("stop", "homeroom-user@bob.service"),
        "start bob's server": may_start("homeroom-user@bob.service"),
        "reset bob's server": systemctl("stop", "homeroom-user@bob.service") and systemctl_reset("homeroom-user@bob.service"),
        "read passwords": reads("/etc/shadow"),
        "read the config": reads("/etc/homeroom/config.yaml"),
        "read secrets on disk": reads("/var/lib/homeroom/secrets/cookie-secret"),
        "read homes": reads("/home/jupyter-alice/.bash_logout"),
        "write homes": writes("/home/jupyter-alice/of-the-hub"),
        "write into the release": writes("/opt/homeroom/current/templates/hub/of_the_hub.py"),
        "write into the environment": writes("/opt/homeroom/environment/of-the-hub"),
        "write the roster": writes("/var/lib/homeroom/compiled/of-the-hub"),
        "write units": writes("/etc/systemd/system/of-the-hub.service"),
        "become alice": becomes(alice),
        "become root": becomes(0),
        "restart the journal": systemctl("try-restart", "systemd-journald.service"),
        "start another unit": systemctl("start", "homeroom-core.slice"),
        "make an account": systemctl("start", "homeroom-account@alice.service"),
        "change a limit": systemctl("set-property", "--runtime", "homeroom-user@alice.service", "CPUWeight=100"),
        "send a signal": systemctl("kill", "--signal=CONT", "homeroom-user@alice.service"),
        "restart another service": systemctl("try-restart", "homeroom-culler.service"),
        "re-read units": systemctl("daemon-reload"),
        "enable a unit": systemctl("enable", "--runtime", "homeroom-recover.service"),
        "have a systemd of its own": runs(
            "busctl", "call", "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
            "SetUserLinger", "ubb", str(os.getuid()), "true", "false",
        ),
        "run as a service": runs("systemd-run", "--no-ask-password", "--quiet", "--wait", "true"),
    }


def systemctl_reset(unit):
    """To reset what has not failed is no error where it may be done; a unit that is not loaded is."""
    done = subprocess.run(
        ["systemctl", "--no-ask-password", "reset-failed", unit], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    return done.returncode == 0 or "not loaded" in done.stderr


def main():
    report = os.environ.get("REPORT", "/var/lib/homeroom/hub/taken-over.json")
    did = attempts()
    with open(f"{report}.new", "w") as file:
        json.dump(did, file)
    os.rename(f"{report}.new", report)
    while "REPORT" not in os.environ:
        time.sleep(60)


if __name__ == "__main__":
    main()
