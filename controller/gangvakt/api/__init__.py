"""The REST interface, log-in and sessions."""

from gangvakt.api.app import create_app, create_public_app
from gangvakt.api.services import EventReader, Health, Orders, Services

__all__ = ["EventReader", "Health", "Orders", "Services", "create_app", "create_public_app"]
