"""Kernels without the visual debugger: each is 7 MB smaller (`user_environment.debugger: false`)."""

from pathlib import Path

from jupyter_client.kernelspec import KernelSpec

KERNEL_START = str(Path(__file__).parents[1] / "kernel_start.py")
MODULE = ["-m", "ipykernel_launcher"]


class KernelSpecWithoutDebugger(KernelSpec):
    """Every kernel of IPython's, in whichever environment, starts by kernel_start.py; others are as they were."""

    def __init__(self, **written):
        super().__init__(**written)
        at = next((at for at in range(len(self.argv)) if self.argv[at : at + 2] == MODULE), None)
        if at is not None:
            self.argv = [*self.argv[:at], KERNEL_START, *self.argv[at + 2 :]]
            self.metadata = {**self.metadata, "debugger": False}
