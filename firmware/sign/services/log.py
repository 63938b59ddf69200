"""Lines about what the sign does: printed for whoever is at the serial port, the newest kept to be asked."""

import time

from sign.compat import COUNT_MASK, const

_KEPT_BYTES = const(1024)  # a power of two, so that positions may wrap: some twenty lines
_LINE_CHARS_MAX = const(160)
_NEWLINE = const(10)
_FIRST_PRINTABLE = const(32)
_LAST_PRINTABLE = const(126)
_OTHER = const(63)  # ?

enabled = True
held = False  # an answer is being written: lines would tear it, so they are only kept
_ring = bytearray(_KEPT_BYTES)
_end = 0  # position behind the newest byte


def say(text):
    """Keep `text` with the ticks in seconds, and print it unless printing is switched off or held."""
    line = "[%d] %s" % (time.ticks_ms() // 1000, text[:_LINE_CHARS_MAX])
    for char in line:
        code = ord(char)
        _keep(code if _FIRST_PRINTABLE <= code <= _LAST_PRINTABLE else _OTHER)
    _keep(_NEWLINE)
    if enabled and not held:
        print(line)


def enable(on):
    """Switch printing on or off."""
    global enabled
    enabled = on


def hold(on):
    """Print nothing while that is True."""
    global held
    held = on


def end():
    """Position behind the newest line, for `since`."""
    return _end


def since(at, longest):
    """(text, position behind it, bytes that are lost) of what was said from position `at` on, None: all."""
    new = (_end - at) & COUNT_MASK if at is not None else min(_end, _KEPT_BYTES)
    lost = max(0, new - _KEPT_BYTES)
    new -= lost
    start = (_end - new) & COUNT_MASK
    count = min(new, longest)
    text = "".join([chr(_ring[(start + i) % _KEPT_BYTES]) for i in range(count)])
    return text, (start + count) & COUNT_MASK, lost


def _keep(code):
    global _end
    _ring[_end % _KEPT_BYTES] = code
    _end = (_end + 1) & COUNT_MASK
