"""Ends standing connections of a broker that has no command for it, by taking their places for a moment."""

from __future__ import annotations

import logging
import ssl

import aiomqtt

from gangvakt.broker.port import Endpoint

LOG = logging.getLogger(__name__)

CUT_S = 5.0


async def cut(name: str, endpoint: Endpoint, tls: ssl.SSLContext) -> bool:
    """MQTT 3.1.4-2: a client id has one connection, the newest. Its session goes, too: it was a clean one.

    `tls` is the controller's, `endpoint` its listener, where it may call itself by any client id.
    """
    try:
        async with aiomqtt.Client(
            endpoint.host, endpoint.port, identifier=name, tls_context=tls, clean_session=True, timeout=CUT_S
        ):
            pass
    except aiomqtt.MqttError as error:
        LOG.error("%s could not be cut off: %s; it is tried again", name, error)
        return False
    LOG.warning("%s is cut off: its certificate is not admitted any more", name)
    return True
