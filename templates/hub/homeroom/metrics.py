"""What /hub/metrics says beside JupyterHub's own figures."""

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily

from .accounts import USERS_SLICE
from .endings import oom_kills


class MemoryKills:
    """Programs of all servers that the kernel ended for lack of memory, since the machine started.

    The slice of all servers counts them even after a person's own slice is gone (cgroup-v2, memory.events).
    """

    def collect(self):
        counter = CounterMetricFamily(
            "homeroom_memory_kills", "Programs of notebook servers that the kernel ended for lack of memory"
        )
        counter.add_metric([], oom_kills(USERS_SLICE) or 0)
        yield counter


def register_metrics(registry=REGISTRY):
    registry.register(MemoryKills())
