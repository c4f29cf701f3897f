"""The hub; run by homeroom-hub.service as `python -I hub_main.py --config FILE`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from homeroom.lazy_modules import HUB_MODULES, leave_unloaded  # noqa: E402

leave_unloaded(HUB_MODULES)

from homeroom.hub import HomeroomHub  # noqa: E402

if __name__ == "__main__":
    HomeroomHub.launch_instance()
