"""One secure connection to a broker: TCP first, then, at a moment that can bear it, the TLS handshake.

How it is made stands in `dialing`, which is there only meanwhile.
"""

import asyncio
import gc
import time

import tls

from sign import loading
from sign.compat import const

_DIALING = "services.dialing"
_PERMIT_POLL_MS = const(100)


class ConnectError(Exception):
    """`reason` is the word it is counted under, `why` the detail for people."""

    def __init__(self, reason, why):
        super().__init__(reason, why)
        self.reason = reason
        self.why = why


def make_context(ca, cert, key):
    """TLS context for both sides' certificates, all DER. ValueError or OSError when one is unusable."""
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    context.load_verify_locations(ca)
    context.load_cert_chain(cert, key)
    return context


class Connector:
    """`permit` is a StallPermit; `alive()` is called several times a second while waiting."""

    def __init__(self, context, permit, alive):
        self._context = context
        self._permit = permit
        self._alive = alive

    async def open(self, host, port, dns_server):
        """asyncio stream to host:port whose first write starts the handshake. ConnectError when it fails."""
        while not self._permit.granted(time.ticks_ms()):
            await self._wait(_PERMIT_POLL_MS)
        from sign.services import dialing

        try:
            stream = await dialing.dial(self._context, self._permit, self._wait, host, port, dns_server)
        finally:
            dialing = None
            loading.forget(_DIALING)
        gc.collect()  # in the moment that was found for the handshake, which comes next
        return stream

    async def _wait(self, ms):
        self._alive()
        await asyncio.sleep_ms(ms)
