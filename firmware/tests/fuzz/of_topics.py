"""Small topics: what the controller has stored, and pieces of a new certificate."""

from fuzz import chip
from fuzz.parser import JsonParser, Parser
from sign.core import events
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.services import keyring, outbox_sender
from sign.services.outbox_sender import OutboxSender

INCARNATION, BOOT, EVENTS = "9f3ac01b", 3, 4
ACK = b'{"v": 1, "incarnation": "9f3ac01b", "boot": 3, "seq": %d, "t": 1800000000000, "up": 0}'
TOLD_MAX_MS = 1 << 62


class EventAck(JsonParser):
    """Nothing goes but what was sent and is named; what is refused is counted."""

    def __init__(self):
        super().__init__()
        self.told = []

    def seeds(self):
        return [ACK % seq for seq in range(EVENTS + 2)] + [
            b'{"v": 1, "incarnation": "9f3ac01b", "boot": 2, "seq": 1}',
            b'{"v": 1, "incarnation": "00000000", "boot": 3, "seq": 1}',
            b'{"v": 1, "incarnation": "9f3ac01b", "boot": 3, "seq": true}',
            b"[" * 300,
        ]

    def _sender(self):
        outbox, uptime = Outbox(8, BOOT), Uptime(0)
        for _ in range(EVENTS):
            outbox.add(events.BOOT, uptime)
        sender = OutboxSender(outbox, uptime, INCARNATION, BOOT, lambda: None, self._hear)
        assert sender.due(0)
        sender.batch(0)
        return sender, outbox

    def _hear(self, ms, more_ms):
        self.told.append(ms)

    def take(self, data):
        sender, outbox = self._sender()
        self.told = []
        is_bad = sender.on_ack(data, 100)
        gone = EVENTS - outbox.held
        assert bool(is_bad) == bool(sender.bad_acks) and len(self.told) <= 1
        assert 0 <= gone <= EVENTS and not (gone and is_bad)
        return "bad ack" if is_bad else None

    def goes_on(self):
        sender, outbox = self._sender()
        assert not sender.on_ack(ACK % 2, 100)
        assert outbox.held == EVENTS - 2
        sender.on_ack(ACK % EVENTS, 100)
        assert outbox.held == 0


def piece(number, count, data, transfer=b"\0\7"):
    return b"\1" + transfer + bytes((number, count)) + data


class RenewalPiece(Parser):
    """Twenty pieces of 112 bytes are the most that is kept, and what is whole is what came."""

    def __init__(self):
        super().__init__()
        self.keyring = keyring.Keyring((None, "", False))

    def seeds(self):
        return [
            piece(0, 1, b"x"),
            piece(0, 3, bytes(112)),
            piece(2, 3, b"ab", b"\0\x08"),
            piece(19, 20, bytes(112)),
            piece(0, 20, b"q"),
            piece(0, 255, b"q"),
        ]

    def take(self, data):
        ring = self.keyring
        is_none = ring.take(data)
        pieces = ring.pieces
        held = [one for one in pieces._held if one is not None]
        assert len(pieces._held) <= 20 and all([0 < len(one) <= 112 for one in held])
        if pieces.are_whole():
            assert pieces.joined() == b"".join(held)
            ring.pieces = None
            assert not is_none
            return None
        assert is_none or (data[5:] in held and data[1:3] == pieces._transfer[0])
        return "no piece" if is_none else None

    def goes_on(self):
        ring = self.keyring
        for number in (1, 0, 2):
            ring.take(piece(number, 3, b"%d" % number, b"\xee\xee"))
        assert ring.is_renewed() and ring.pieces.joined() == b"012"
        ring.pieces = None


outbox_sender.time = chip.Time
