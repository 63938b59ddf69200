"""Where the ticker puts the radio frames that come, whatever the main program does meanwhile.

A slot holds a datagram; its length and time of arrival (low 30 bits of us) stand beside. Nothing here
allocates once it is loaded.
"""

import micropython

from _silicon import now, read

SLOTS = 16
_SLOT_BYTES = 320

slots = [bytearray(_SLOT_BYTES) for _ in range(SLOTS)]
sizes = bytearray(4 * SLOTS)
times = bytearray(4 * SLOTS)
# words: frames that came, frames that were taken, a delayed frame waits, when it is due
marks = bytearray(16)
lost = bytearray(4)  # word: datagrams for which there was no slot
_rest = bytearray(_SLOT_BYTES)


@micropython.viper
def listen(fd: int):
    """Take all datagrams that wait at a socket that does not block."""
    m = ptr32(marks)
    z = ptr32(sizes)
    t = ptr32(times)
    while True:
        if m[0] - m[1] >= 16:
            if int(read(fd, _rest, 320)) <= 0:
                return
            ptr32(lost)[0] += 1
        else:
            i = m[0] & 15
            n = int(read(fd, slots[i], 320))
            if n <= 0:
                return
            z[i] = n
            t[i] = int(now())
            m[0] = m[0] + 1


@micropython.viper
def is_due(us: int) -> int:
    """1 = a frame waits for the main program: a new one, or one whose delay is over."""
    m = ptr32(marks)
    if m[0] != m[1]:
        return 1
    if m[2] == 0:
        return 0
    if ((m[3] - us + 0x20000000) & 0x3FFFFFFF) - 0x20000000 > 0:
        return 0
    return 1


@micropython.viper
def until_due(us: int, nearest: int) -> int:
    """The lesser of `nearest` and the us until a delayed frame is due."""
    m = ptr32(marks)
    if m[2] == 0:
        return nearest
    left = ((m[3] - us + 0x20000000) & 0x3FFFFFFF) - 0x20000000
    if left < nearest:
        if left < 0:
            return 0
        return left
    return nearest


@micropython.viper
def set_due(waits: int, us: int):
    """Note when the next delayed frame is due, if one waits."""
    m = ptr32(marks)
    m[3] = us
    m[2] = waits


@micropython.viper
def taken() -> int:
    """Slot of the oldest frame that was not taken, -1 = none."""
    m = ptr32(marks)
    if m[0] == m[1]:
        return -1
    return m[1] & 15


@micropython.viper
def free():
    """The oldest slot was read."""
    m = ptr32(marks)
    m[1] = m[1] + 1


@micropython.viper
def word(buffer, i: int) -> int:
    p = ptr32(buffer)
    return p[i]
