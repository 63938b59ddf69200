"""From MQTT messages to checked values, the store and the live model; acknowledges after the commit."""

from gangvakt.ingest.link import Link
from gangvakt.ingest.pipeline import Ingest
from gangvakt.ingest.restore import restore

__all__ = ["Ingest", "Link", "restore"]
