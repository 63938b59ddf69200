"""A sign as the API tells it: what it said, and what is thought of its silence."""

from __future__ import annotations

from gangvakt.api.models import SignOut
from gangvakt.api.services import Services
from gangvakt.fleet import SignState


def sign_out(services: Services, state: SignState) -> SignOut:
    """Without a patrol nobody watches, and its presence is unknown."""
    return SignOut.of(state, services.patrol.sight(state.id) if services.patrol else None)
