"""The MQTT broker behind one small interface, and who may say what on it."""

from gangvakt.broker.acl import SIGNS_ROOT, SIMULATOR_ROOT
from gangvakt.broker.external import ExternalBroker
from gangvakt.broker.gatekeeper import AdmitsAll, Gatekeeper
from gangvakt.broker.mosquitto import MosquittoBroker
from gangvakt.broker.port import Broker, Endpoint

__all__ = [
    "SIGNS_ROOT",
    "SIMULATOR_ROOT",
    "AdmitsAll",
    "Broker",
    "Endpoint",
    "ExternalBroker",
    "Gatekeeper",
    "MosquittoBroker",
]
