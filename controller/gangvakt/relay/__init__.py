"""What goes out to other programs and to people, fed by the outbox; nothing of it holds up ingest."""

from gangvakt.relay.desk import RelayDesk
from gangvakt.relay.links import Links
from gangvakt.relay.notifier import Notifier
from gangvakt.relay.switchboard import Relays

__all__ = ["Links", "Notifier", "RelayDesk", "Relays"]
