"""A process that plays signs at a controller's Mosquitto, beside what is measured."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gangvakt_sim.children import die_with_parent
from gangvakt_sim.errors import StreetError


@contextmanager
def playing(module: str, data: Path, *figures: object) -> Iterator[subprocess.Popen[str]]:
    """`python -m MODULE PORT PKI FIGURE...`, once it has said that it is ready; StreetError when it does not.

    `data` is the controller's folder. Standard input and output are pipes.
    """
    broker = (data / "mosquitto" / "mosquitto.conf").read_text()
    port = re.findall(r"^listener (\d+) ", broker, re.MULTILINE)[0]  # the controller's is the first
    argv = (sys.executable, "-m", module, port, str(data / "pki"), *map(str, figures))
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    )
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise StreetError(f"{module}: the signs did not come online")
        yield process
    finally:
        process.kill()
        process.communicate()
