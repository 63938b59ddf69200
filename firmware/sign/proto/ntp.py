"""SNTP (RFC 4330): one question in 48 bytes, one answer."""

from sign.compat import const

_BYTES = const(48)
_ASKS = b"\x23"  # version 4, client
_ANSWERS = const(4)
_STRATUM_MAX = const(15)
_UNIX_1970_S = const(2_208_988_800)  # in the protocol's seconds since 1900
_ERA_S = 1 << 32  # its seconds begin anew in 2036
_HALF_ERA = const(0x80)


def question(nonce):
    """What to send; `nonce` are eight random bytes that the answer repeats."""
    return _ASKS + bytes(_BYTES - 9) + nonce


def answer(data, nonce):
    """UTC in ms since 1970 of an answer to the question with that nonce. None for anything else, for a time
    before that, and for the word of a server that does not know the time itself or sends its askers away."""
    if len(data) < _BYTES or data[0] & 7 != _ANSWERS or data[0] >> 6 == 3 or data[24:32] != nonce:
        return None
    if not 1 <= data[1] <= _STRATUM_MAX or data[40:48] == bytes(8):
        return None
    seconds = int.from_bytes(data[40:44], "big") + (0 if data[40] >= _HALF_ERA else _ERA_S) - _UNIX_1970_S
    if seconds < 0:
        return None
    return seconds * 1000 + (int.from_bytes(data[44:48], "big") * 1000 >> 32)


def sends_away(data, nonce):
    """Whether a server asks not to be asked: stratum 0, the kiss of death."""
    return len(data) >= _BYTES and data[24:32] == nonce and data[1] == 0
