"""The REST interface, log-in and sessions."""

from gangvakt.api.app import create_app
from gangvakt.api.services import EventReader, Health, Services

__all__ = ["EventReader", "Health", "Services", "create_app"]
