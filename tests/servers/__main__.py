"""Run `python -m tests.servers`."""

import sys

from tests.servers.servers import main

sys.exit(main())
