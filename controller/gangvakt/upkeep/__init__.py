"""What a controller that runs for years does: its certificates, and certificates and apps of its signs."""

from gangvakt.upkeep.offers import OfferFolder
from gangvakt.upkeep.renewer import Renewer
from gangvakt.upkeep.tls import LiveTls
from gangvakt.upkeep.updater import Updater
from gangvakt.upkeep.watch import Watch

__all__ = ["LiveTls", "OfferFolder", "Renewer", "Updater", "Watch"]
