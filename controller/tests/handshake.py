"""A TLS handshake in memory."""

from __future__ import annotations

import ssl


def shake_hands(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> bytes | None:
    """What the client showed, as DER; ssl.SSLError where one of them does not trust the other."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_tls.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    server = server_tls.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return server.getpeercert(binary_form=True)
