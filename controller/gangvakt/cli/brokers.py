"""Which broker `gangvakt serve` works with."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

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
UNKNOWN = (
    "%s is online with the certificate %s, which pki/issued does not hold: it is not renewed and will end; "
    "flash the sign anew with `gangvakt flash --again` before that"
)


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
        "certificates": Shown(fleet, pki),
    }
    broker: MosquittoBroker | ExternalBroker
    if settings.broker == MOSQUITTO:
        broker = MosquittoBroker(settings.mosquitto_dir, settings.host, settings.mqtt_port, **told)  # type: ignore[arg-type]
    else:
        endpoint = parse_url("--broker", settings.broker)
        broker = ExternalBroker(endpoint, settings.mqtt_port, settings.mosquitto_dir, **told)  # type: ignore[arg-type]
    registry.ground.listeners.append(broker.wake)
    return broker


class Shown:
    """By which certificate each sign is online, as it says itself.

    Those that are not in the folder of issued ones are left out, so that nobody renews them: it is said of
    each once.
    """

    def __init__(self, fleet: LiveFleet, pki: Pki) -> None:
        self._fleet, self._pki = fleet, pki
        self._told: set[tuple[str, str]] = set()

    def __call__(self) -> Mapping[str, x509.Certificate]:
        found: dict[str, x509.Certificate] = {}
        for name, prefix in self._said():
            certificate = self._pki.issued.find(prefix)
            if certificate is not None:
                found[name] = certificate
            elif (name, prefix) not in self._told:
                self._told.add((name, prefix))
                LOG.warning(UNKNOWN, name, prefix)
        return found

    def _said(self) -> Iterator[tuple[str, str]]:
        for state in self._fleet.signs():
            if state.online and state.status is not None and state.status.certificate is not None:
                yield str(state.id), state.status.certificate
