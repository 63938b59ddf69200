"""One secure connection to a broker: TCP first, then, at a moment that can bear it, the TLS handshake.

How TCP and the moment are found stands in `dialing`, which is there only meanwhile.
"""

import asyncio
import gc
import time

from sign import loading
from sign.compat import const

_DIALING = "services.dialing"
_NO_MEMORY = (12, -0x7F00)  # ENOMEM, MBEDTLS_ERR_SSL_ALLOC_FAILED
_PERMIT_POLL_MS = const(100)


class ConnectError(Exception):
    """`reason` is the word it is counted under, `why` the detail for people."""

    def __init__(self, reason, why):
        super().__init__(reason, why)
        self.reason = reason
        self.why = why


class Connector:
    """`keyring` holds the TLS context, `permit` is a StallPermit; `alive()` is called several times a second
    while waiting."""

    def __init__(self, keyring, permit, alive):
        self._keyring = keyring
        self._permit = permit
        self._alive = alive

    async def open(self, host, port, dns_server):
        """asyncio stream to host:port whose first write starts the handshake. ConnectError when it fails."""
        while not self._permit.granted(time.ticks_ms()):
            await self._wait(_PERMIT_POLL_MS)
        if self._keyring.settle():
            self._permit.taken()
        from sign.services import dialing

        try:
            connection = await dialing.dial(self._permit, self._wait, host, port, dns_server)
        finally:
            dialing = None
            loading.forget(_DIALING)
        try:
            gc.collect()  # the session's 37 KB need room
            secure = self._keyring.context.wrap_socket(
                connection, server_hostname=host, do_handshake_on_connect=False
            )
            secure.setblocking(False)
            return asyncio.StreamReader(secure)
        except (OSError, ValueError, MemoryError) as error:
            connection.close()
            raise ConnectError("memory" if _is_memory(error) else "tls", str(error))

    async def _wait(self, ms):
        self._alive()
        await asyncio.sleep_ms(ms)


def _is_memory(error):
    """mbedTLS tells of it by an error number of its own (its ssl.h)."""
    return isinstance(error, MemoryError) or (error.args and error.args[0] in _NO_MEMORY)
