"""Composition of everything that needs a network; the sign warns without any of it."""

from sign.hal import clock
from sign.services import credentials
from sign.services.connector import Connector
from sign.services.keyring import Keyring
from sign.services.link import Link
from sign.services.mqtt_client import MqttClient
from sign.services.network import Network
from sign.services.offers import Offers
from sign.services.orders import Orders
from sign.services.outbox_sender import OutboxSender
from sign.services.publisher import Publisher
from sign.services.stall import StallPermit
from sign.services.status import OFFLINE
from sign.services.topics import Topics


class Unusable(Exception):
    """`why` this sign cannot go online with what it was given."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


def start(armed, status, supervisor):
    """Start network and session tasks; returns the Link. Unusable when certificates or link do not serve."""
    identity = armed.identity
    alive = supervisor.watch("link")
    keyring = _keyring(identity)
    driver = _link_driver(identity["link"], armed.wiring)
    topics = Topics(identity)
    told = armed.incarnation, armed.boot, clock.utc_ms, clock.hear
    sender = OutboxSender(armed.outbox, armed.uptime, *told)
    publisher = Publisher(topics, status, sender, keyring)
    offers = _hear_offers(publisher, topics, status)
    _hear_orders(publisher, topics, status)
    status.duties, status.refused = publisher.duties, publisher.refused
    network_alive = supervisor.watch("network")
    network = Network(driver, network_alive)
    if armed.poles:
        _speak_for_poles(armed, publisher, topics, network)
    client = MqttClient(
        topics.client_id, (topics.of("status"), OFFLINE, 1, True), publisher.on_message, alive
    )
    connector = Connector(keyring, StallPermit(armed.detector), alive)
    link = Link(
        network,
        identity["brokers"],
        connector,
        client,
        publisher.subscriptions,
        publisher.work,
        alive,
        offers.ready,
        keyring,
    )
    supervisor.keep("network", network.run, network_alive)
    supervisor.keep("link", link.run, alive)
    return link


def _speak_for_poles(armed, publisher, topics, network):
    """The group's topic; and no search for an access point while that could cost a warning: the radio between
    the poles hears nothing meanwhile."""
    armed.poles.topic = topics.of("/group")
    publisher.handlers["/group"] = armed.poles.on_group
    publisher.duties.append(armed.poles.duty)
    network.permit = StallPermit(armed.detector)


def _hear_offers(publisher, topics, status):
    offers = Offers(status, topics)
    publisher.handlers["update"] = offers.take
    publisher.handlers["piece"] = offers.piece
    publisher.duties.append(offers.duty)
    return offers


def _hear_orders(publisher, topics, status):
    orders = Orders(status, topics)
    publisher.handlers["command"] = orders.take
    publisher.handlers["config/desired"] = orders.take_config
    publisher.duties.append(orders.duty)


def _keyring(identity):
    try:
        return Keyring(credentials.first(identity["built_utc_s"]))
    except credentials.Unusable as error:
        raise Unusable(error.why)


def _link_driver(link, wiring):
    if link["kind"] == "wifi":
        from sign.hal.wifi import WifiLink

        return WifiLink(link)
    if link["kind"] == "ppp":
        from sign.hal.ppp import PppLink

        if "ppp" not in wiring:
            raise Unusable("link ppp: this board has no modem")
        return PppLink(wiring["ppp"], link)
    from sign.hal.lan import LanLink

    if "lan" not in wiring:
        raise Unusable("link lan: this board has no Ethernet")
    return LanLink(wiring["lan"])
