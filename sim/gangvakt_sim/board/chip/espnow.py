"""espnow: the frozen module of the stock image around _espnow."""

from _chk import no_name as __getattr__  # noqa: F401
from _espnow import (  # noqa: F401
    ADDR_LEN,
    KEY_LEN,
    MAX_DATA_LEN,
    MAX_ENCRYPT_PEER_NUM,
    MAX_TOTAL_PEER_NUM,
    ESPNowBase,
)


class ESPNow(ESPNowBase):
    """ESP-NOW with recv(), irecv() and iteration; all objects share one radio."""

    _data = [None, bytearray(MAX_DATA_LEN)]
    _nothing = (None, None)

    def irecv(self, timeout_ms=None):
        """Wait for a frame; return the same [sender, message] list every time."""
        return self._data if self.recvinto(self._data, timeout_ms) else self._nothing

    def recv(self, timeout_ms=None):
        """Wait for a frame; return a new [sender, message]."""
        if not self.recvinto(self._data, timeout_ms):
            return self._nothing
        return [bytes(item) for item in self._data]

    def irq(self, callback):
        """Have `callback(self)` scheduled when a frame has arrived."""
        super().irq(callback, self)

    def __iter__(self):
        return self

    def __next__(self):
        return self.irecv()
