"""`python -m gangvakt`."""

import sys

from gangvakt.cli import main

sys.exit(main())
