"""Sites, signs and enrolment bundles: who may become a sign, and who may come in."""

from gangvakt.registry.gatekeeper import RegistryGatekeeper
from gangvakt.registry.service import Registry

__all__ = ["Registry", "RegistryGatekeeper"]
