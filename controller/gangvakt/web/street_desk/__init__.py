"""The buttons of a simulated street: people, and what goes wrong with a sign."""

from gangvakt.web.street_desk.desk import StreetDesk

__all__ = ["StreetDesk"]
