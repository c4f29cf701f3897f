"""The hub; run by homeroom-hub.service as `python -I hub_main.py --config FILE`."""

import logging
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from prepare_database import prepare_database  # noqa: E402

if done := prepare_database("/var/lib/homeroom/hub/jupyterhub.sqlite"):
    print(done, file=sys.stderr)

from homeroom.certificates import read_certificates_on_first_use  # noqa: E402
from homeroom.lazy_modules import HUB_MODULES, leave_unloaded  # noqa: E402

leave_unloaded(HUB_MODULES)
read_certificates_on_first_use()
sys.modules["aiodns"] = None  # resolve names in a thread: the hub asks for few, and the library costs 0.1 s at start

from homeroom.hub import HomeroomHub  # noqa: E402

if __name__ == "__main__":
    HomeroomHub.launch_instance()
    logging.shutdown()
    os._exit(0)  # everything is closed and stored; taking Python apart would make people wait 0.3 s for the next hub
