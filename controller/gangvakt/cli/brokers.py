"""Which broker `gangvakt serve` works with."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from cryptography import x509

from gangvakt.broker import Broker, ExternalBroker, MosquittoBroker
from gangvakt.broker.external import parse_url
from gangvakt.fleet import LiveFleet
from gangvakt.provision.pki import Pki
from gangvakt.registry import Registry, RegistryGatekeeper
from gangvakt.registry.access import Accesses
from gangvakt.settings import EMBEDDED, MOSQUITTO, Settings
from gangvakt.upkeep import LiveTls

LOG = logging.getLogger(__name__)


def broker_for(
    settings: Settings,
    pki: Pki,
    tls: LiveTls,
    registry: Registry,
    gatekeeper: RegistryGatekeeper,
    fleet: LiveFleet,
) -> Broker:
    """Not started yet."""
    if settings.broker == EMBEDDED:
        # Here, since a start with another broker does without amqtt.
        from gangvakt.broker.embedded import EmbeddedBroker

        return EmbeddedBroker(settings.host, settings.mqtt_port, tls.server, gatekeeper)
    accesses = Accesses(registry, lambda: [str(state.id) for state in fleet.signs()])
    told = {
        "access": accesses.read,
        "server": lambda: pki.server_files(settings.server_names),
        "tls": tls.client,
        "certificates": lambda: shown(fleet, pki),
    }
    broker: MosquittoBroker | ExternalBroker
    if settings.broker == MOSQUITTO:
        broker = MosquittoBroker(settings.mosquitto_dir, settings.host, settings.mqtt_port, **told)  # type: ignore[arg-type]
    else:
        endpoint = parse_url("--broker", settings.broker)
        broker = ExternalBroker(endpoint, settings.mqtt_port, settings.mosquitto_dir, **told)  # type: ignore[arg-type]
    registry.ground.listeners.append(broker.wake)
    return broker


def shown(fleet: LiveFleet, pki: Pki) -> Mapping[str, x509.Certificate]:
    """By which certificate each sign is online, as it says itself; those that are not known here are left
    out."""
    said = (
        (str(state.id), state.status.certificate)
        for state in fleet.signs()
        if state.online and state.status is not None and state.status.certificate is not None
    )
    found = ((name, pki.issued.find(prefix)) for name, prefix in said)
    return {name: certificate for name, certificate in found if certificate is not None}
