"""What a controller that runs for years does for its certificates and for those of its signs."""

from gangvakt.upkeep.renewer import Renewer
from gangvakt.upkeep.tls import LiveTls
from gangvakt.upkeep.watch import Watch

__all__ = ["LiveTls", "Renewer", "Watch"]
