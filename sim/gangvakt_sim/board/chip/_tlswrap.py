"""A TLS session over a socket of the chip: the interpreter's own."""

import micropython

import _idfheap
from _tlsmodel import ALLOC_FAILED, ERROR_NAMES, SESSION_BYTES


@micropython.native
def wrap(context, sock, handshake, **options):
    """Make the session; a socket of this chip carries its stall and its memory until closed."""
    if hasattr(sock, "_begin_tls"):
        try:
            sock._begin_tls(handshake, _idfheap.take(SESSION_BYTES))
        except MemoryError:
            raise OSError(ALLOC_FAILED, ERROR_NAMES[ALLOC_FAILED])
    try:
        return context.wrap_socket(sock, **options)
    except OSError as error:
        if error.errno in ERROR_NAMES:
            raise OSError(error.errno, ERROR_NAMES[error.errno])
        raise error
