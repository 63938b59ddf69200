"""The configuration and the rules of a Mosquitto 2, as text.

Two listeners. Signs come in at one: a sign's user name and client id are the common name of its certificate,
whatever it says itself. The controller comes in at the other, which trusts no bundle and by which it can take
the place of any client: so it cuts connections.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gangvakt.broker.acl import SIGNS_ROOT, SIMULATOR_ROOT
from gangvakt.broker.frames import LARGEST_PACKET
from gangvakt.broker.port import LONGEST_KEEPALIVE_S
from gangvakt.errors import NameRefused
from gangvakt.fleet import SignId
from gangvakt.provision.pki import CONTROLLER_NAME, SIMULATOR_NAME

CONFIG = "mosquitto.conf"
SIGNS_RULES, CONTROLLER_RULES = "signs.acl", "controller.acl"
TRUSTED, LISTS = "trusted.crt", "revoked.crl"
OWN_TRUSTED, OWN_LISTS = "own-trusted.crt", "own-revoked.crl"
CERTIFICATE, KEY = "server.crt", "server.key"
PERSISTENCE = "store"

# Mosquitto counts the head of a packet as well: at most five bytes.
PACKET_BYTES = LARGEST_PACKET + 5
# A night of orders for a sign that is away; and the controller's own queue while it is restarted.
MOST_QUEUED, MOST_INFLIGHT = 10_000, 20
FORGET_AFTER = "14d"  # a sign that is away longer starts afresh: what must not be lost it keeps itself
MOST_CONNECTIONS = 20_000
SAVE_EVERY_S = 30


@dataclass(frozen=True)
class Listeners:
    """Where signs, and where the controller comes in."""

    host: str
    port: int
    controller_host: str
    controller_port: int


def configuration(folder: Path, listeners: Listeners, user: str | None) -> str:
    """`folder` is where the files lie for the broker; `user` is whom it becomes when root starts it."""
    return "\n".join(
        [
            "# Written by Gangvakt, and written anew when something changes: do not edit.",
            "per_listener_settings true",
            *([f"user {user}"] if user else []),
            "log_dest stderr",  # the other stream it keeps back when it is a pipe
            "log_type error",
            "log_type warning",
            "log_type notice",
            "log_type information",
            "connection_messages false",
            "persistence true",
            f"persistence_location {folder / PERSISTENCE}/",
            f"autosave_interval {SAVE_EVERY_S}",
            f"persistent_client_expiration {FORGET_AFTER}",
            f"max_packet_size {PACKET_BYTES}",
            f"max_queued_messages {MOST_QUEUED}",
            f"max_inflight_messages {MOST_INFLIGHT}",
            f"max_keepalive {LONGEST_KEEPALIVE_S}",
            "set_tcp_nodelay true",
            "",
            *_listener(
                folder, listeners.controller_host, listeners.controller_port, CONTROLLER_RULES, own=True
            ),
            "",
            *_listener(folder, listeners.host, listeners.port, SIGNS_RULES, own=False),
            "use_username_as_clientid true",
            f"max_connections {MOST_CONNECTIONS}",
            "",
        ]
    )


def _listener(folder: Path, host: str, port: int, rules: str, *, own: bool) -> list[str]:
    return [
        f"listener {port} {host}",
        f"cafile {folder / (OWN_TRUSTED if own else TRUSTED)}",
        f"crlfile {folder / (OWN_LISTS if own else LISTS)}",
        f"certfile {folder / CERTIFICATE}",
        f"keyfile {folder / KEY}",
        "tls_version tlsv1.2",  # and later ones
        "require_certificate true",
        "use_identity_as_username true",
        "allow_anonymous false",
        f"acl_file {folder / rules}",
    ]


def signs_rules(signs: Iterable[str]) -> str:
    """Everybody has the topics below its own name; a sign that is known has its site's group as well."""
    lines = [
        f"pattern readwrite {SIGNS_ROOT}/%u/#",
        "",
        f"user {SIMULATOR_NAME}",
        f"topic readwrite {SIMULATOR_ROOT}/#",
    ]
    for name in sorted(signs):
        try:
            sign = SignId.parse(name)
        except NameRefused:
            continue
        lines += ["", f"user {sign}", f"topic readwrite {SIGNS_ROOT}/{sign.site_id}/group/#"]
    return "\n".join([*lines, ""])


def controller_rules() -> str:
    """Everything, for the controller alone."""
    return f"user {CONTROLLER_NAME}\ntopic readwrite #\n"
