"""`python -m gangvakt_sim.bench`"""

import sys

from gangvakt_sim.bench.cli import main

sys.exit(main())
