import asyncio
import sys

from sign import services
from sign.services.connector import ConnectError, Connector


class Dialing:
    """The way to the broker, which is open at once."""

    closed = False

    def close(self):
        Dialing.closed = True

    @staticmethod
    async def dial(permit, wait, host, port, dns_server):
        return Dialing()


class Permit:
    def granted(self, now_ms):
        return True


class Keyring:
    """Whose context fails with the error that it is made with."""

    def __init__(self, error):
        self.context, self._error = self, error

    def settle(self):
        return False

    def wrap_socket(self, connection, **options):
        raise self._error


def reason_of(error):
    Dialing.closed = False
    sys.modules["sign.services.dialing"] = services.dialing = Dialing
    try:
        asyncio.run(Connector(Keyring(error), Permit(), lambda: None).open("broker", 8883, None))
    except ConnectError as failed:
        assert Dialing.closed, "nothing may keep the socket"
        return failed.reason


def test_a_session_that_finds_no_memory_is_no_matter_of_trust():
    assert reason_of(MemoryError()) == "memory"
    assert reason_of(OSError(12)) == "memory"
    assert reason_of(OSError(-0x7F00, "MBEDTLS_ERR_SSL_ALLOC_FAILED")) == "memory"


def test_other_errors_of_the_handshake_are_counted_as_such():
    assert reason_of(OSError(-0x2700, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED")) == "tls"
    assert reason_of(ValueError("bad key")) == "tls"
    assert reason_of(ValueError()) == "tls"
