"""Starts a kernel of IPython's that takes its debugger for not installed; whoever imports debugpy in it still gets it."""

import contextlib
import sys

if __name__ == "__main__":
    del sys.path[0]  # where this file lies; IPython puts the notebook's folder there
    sys.modules["debugpy"] = None
    with contextlib.suppress(ImportError):  # older ones have none
        import ipykernel.debugger  # noqa: F401 - it looks for debugpy when it is imported, and only then
    del sys.modules["debugpy"]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
