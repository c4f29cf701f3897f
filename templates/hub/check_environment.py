"""Whether an environment can start a server and a kernel: `<environment>/bin/python -I check_environment.py`.

Ends with exit code 0, or with the reason in the last line.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from server_start import import_server  # noqa: E402


def main():
    try:
        import_server(None, {})
        import jupyterlab
        from ipykernel.kernelapp import IPKernelApp  # noqa: F401

        page = Path(jupyterlab.__file__).parent / "static" / "index.html"
        if not page.is_file():
            sys.exit(f"JupyterLab is incomplete: {page} is missing")
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
