"""Why a server ended, in a person's words."""

import signal
from pathlib import Path

REASONS = {
    "oom-kill": "it ran out of memory",
    "timeout": "it did not answer in time",
    "watchdog": "it stopped answering",
    "core-dump": "it crashed",
    "exit-code": "it stopped with an error",
    "signal": "it was killed",
    "resources": "the machine could not give it what it needs",
}
JOB_RESULTS = {
    "timeout": "it took too long",
    "dependency": "its account could not be made",
    "assert": "this account is not allowed to run",
    "canceled": "its start was cancelled",
    "skipped": "it is not to run on this machine",
}
CGROUP_ROOT = Path("/sys/fs/cgroup")


def words_for_state(state, out_of_memory=False, memory_limit=None):
    """Words for a unit's failed state.

    `out_of_memory`: the kernel has killed for lack of memory meanwhile; `memory_limit`: of the server, in bytes.
    """
    killed = out_of_memory and state.result == "signal" and state.exit_status == signal.SIGKILL
    if killed or state.result == "oom-kill":
        return REASONS["oom-kill"] + (f" (it may use {size(memory_limit)})" if memory_limit else "")
    return REASONS.get(state.result, f"systemd reports {state.result}")


def words_for_job(result):
    """Words for the result of a start job that is not "done"; None where the unit's state says more."""
    return JOB_RESULTS.get(result)


def size(bytes_of_memory):
    """Bytes in a person's words: "1.5 GB", "704 MB" (powers of 1024)."""
    gibibytes = bytes_of_memory / 1024**3
    return f"{gibibytes:.3g} GB" if gibibytes >= 1 else f"{bytes_of_memory / 1024**2:.3g} MB"


def oom_kills(control_group):
    """How often the kernel has killed in this control group; None where it does not count (cgroup v1)."""
    try:
        lines = (CGROUP_ROOT / control_group / "memory.events").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), None)
