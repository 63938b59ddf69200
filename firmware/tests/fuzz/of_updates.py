"""Updates: what is offered, what comes of it piece by piece, and who signed it."""

import struct
from hashlib import sha256

from fuzz import chip
from fuzz.parser import Parser
from sign.proto.manifest import BYTES, MAGIC, Manifest, refusal
from sign.proto.rsa import KEY_BYTES, Signature
from sign.services import fetching, offers
from sign.services.fetching import BUFFER_BYTES, Fetching
from sign.services.offers import Offers

offers.loading = chip.Nothing
offers.loading.UPDATE = offers.loading.WRITING = ""
offers.loading.forget = lambda rooms: None
fetching.time = chip.Time
FORMAT = "<4sBBHIII32s32s12s12sI16s"
INSTALLED, ROOM = 1_000_000, 200_000
MARK = b"\1\2\3\4"


def manifest(
    sequence=1_001_000, replaces=0, size=100_000, board=b"virtual", interpreter=b"1.26.1", minimum=0
):
    numbers = MAGIC, 0, 7, 0, sequence, replaces, size, bytes(range(32))
    return struct.pack(FORMAT, *(numbers + (board, b"1.1.0", interpreter, minimum, b"")))


class Offer(Parser):
    """What is no offer takes the last one back; of one that is, the sign says why it does not want it."""

    def __init__(self):
        super().__init__()
        self.offers = Offers(None, None)

    def seeds(self):
        found = [
            manifest(),
            manifest(sequence=999_000, replaces=2_000_000),
            manifest(size=0xFFFFFFFF),
            manifest(board=b"esp32-devkitc"),
            manifest(interpreter=b"1.27.0"),
            manifest(minimum=0xFFFFFFFF),
            manifest(board=b"\xff" * 32),
        ]
        return [b"\1\0" + each for each in found] + [b"\1\5" + found[0][:4] + b"\1" + found[0][5:]]

    def take(self, data):
        is_none = self.offers.take(data)
        assert bool(is_none) == (self.offers._offer is None and len(data) > 0)
        if self.offers._offer is None:
            assert len(data) != 2 + BYTES or data[0] != 1
            return "no offer"
        found = Manifest(data[2:])
        why = refusal(found, "virtual", "1.26.1", INSTALLED, ROOM)
        if why:
            assert len(why) == 3 and why[0], why
            return why[0]
        assert found.board == "virtual" and 0 < found.size <= ROOM and found.minimum <= INSTALLED
        assert found.sequence > INSTALLED or found.replaces >= INSTALLED
        return None

    def goes_on(self):
        assert self.take(b"\1\0" + manifest()) is None


def piece(at, data, mark=MARK):
    return b"\1" + mark + struct.pack(">I", at) + data


class Topics:
    @staticmethod
    def of(name):
        return name


class Piece(Parser):
    """What was not asked for changes nothing; the rest comes in order and never beyond what was asked for."""

    AT = 100

    def seeds(self):
        return [
            piece(self.AT, b"x" * 192),
            piece(self.AT, b""),
            piece(self.AT, b"y"),
            piece(0, b"z" * 10),
            piece(0xFFFFFFFF, b"q" * 192),
            piece(self.AT, b"w" * 20, b"\4\3\2\1"),
        ]

    def _begun(self, want):
        made = Fetching(Topics, MARK)
        made._at, made._want = self.AT, want
        return made

    def take(self, data):
        want = 1 + len(data) * 31 % BUFFER_BYTES
        made = self._begun(want)
        is_unasked = made.take(data)
        assert is_unasked in (None, True) and not (is_unasked and made._have)
        assert 0 <= made._have <= want and len(made.buffer) == BUFFER_BYTES
        assert bytes(made.buffer[: made._have]) == data[9 : 9 + made._have]
        if not made._have:
            return "over" if made.is_over else "not asked for" if is_unasked else "nothing of it"
        made.take(piece(self.AT + made._have, b"n" * (want - made._have)))
        assert made._have == want
        return None

    def goes_on(self):
        made = self._begun(5)
        made.take(piece(self.AT, b"abc"))
        made.take(piece(self.AT + 3, b"de"))
        assert bytes(made.buffer[:5]) == b"abcde" and not made.is_over


class SignatureOf(Parser):
    """No bytes are a signature but the right ones, and none costs more steps than they do."""

    STEPS = 6 * 17

    def __init__(self):
        from test_rsa import MESSAGE, MODULUS, SIGNATURE

        self.digest, self.modulus, self.right = sha256(MESSAGE).digest(), MODULUS, SIGNATURE
        super().__init__()

    def seeds(self):
        return [self.right + self.modulus, bytes(KEY_BYTES) + self.modulus, self.right + b"\xff" * KEY_BYTES]

    def take(self, data):
        signature, modulus = data[:KEY_BYTES], data[KEY_BYTES:]
        found, steps = Signature(signature, modulus), 0
        while found.step():
            steps += 1
        assert steps in (0, self.STEPS), steps
        if not found.is_of(self.digest):
            return "not of it" if steps else "no signature"
        assert (signature, modulus) == (self.right, self.modulus), "forged"
        return None

    def make(self, dice):
        """Long enough as often as not: else there is nothing to work on."""
        data = super().make(dice)
        if dice.below(2):
            data = (data + self.right + self.modulus)[: 2 * KEY_BYTES]
        return data

    def goes_on(self):
        """There is no state that could be spoilt: the right one is among the inputs, and is_of was asked."""
