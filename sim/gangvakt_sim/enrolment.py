"""The simulator's own certificate, by which it publishes the street."""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

from gangvakt_sim.controller import HOST, Controller
from gangvakt_sim.publish import Broker

AUTHORITY, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"


def enroll_simulator(folder: Path, controller: Controller) -> Broker:
    """The broker with the simulator's certificate from `folder`, a new one if the authority is another."""
    if not controller.authority() or _authority(folder) != controller.authority():
        shutil.rmtree(folder, ignore_errors=True)
        controller.enroll_simulator(folder)
    return Broker(HOST, controller.mqtt_port, folder / AUTHORITY, folder / CERTIFICATE, folder / KEY)


def _authority(folder: Path) -> bytes | None:
    """The one that signs: it stands before those that are still trusted beside it."""
    try:
        first, end, _ = (folder / AUTHORITY).read_text().partition(ssl.PEM_FOOTER)
        return ssl.PEM_cert_to_DER_cert(first + end)
    except (OSError, ValueError):
        return None
