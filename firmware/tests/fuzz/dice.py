"""Chance that is the same on every interpreter, so that a seed and a number name an input for good."""

_MASK = 0xFFFFFFFF
_SPREAD = 2_654_435_761  # neighbouring seeds begin far apart


class Dice:
    """Marsaglia's xorshift of 32 bits."""

    def __init__(self, seed):
        self._state = (seed + 1) * _SPREAD & _MASK or 1
        for _ in range(8):
            self.below(2)

    def below(self, n):
        """A number from 0 to n - 1; 0 where there is nothing to choose."""
        x = self._state
        x ^= x << 13 & _MASK
        x ^= x >> 17
        x ^= x << 5 & _MASK
        self._state = x
        return (x >> 3) % n if n > 1 else 0

    def one_of(self, choices):
        """One of a list or tuple."""
        return choices[self.below(len(choices))]

    def bytes(self, n):
        """So many bytes of any value."""
        return bytes([self.below(256) for _ in range(n)])
