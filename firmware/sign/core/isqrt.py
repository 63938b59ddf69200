"""Integer square root without floats (they would allocate)."""

from sign.compat import micropython


@micropython.viper
def isqrt(n: int) -> int:
    """Largest r with r * r <= n, for 0 <= n < 2**30."""
    root = 0
    bit = 1 << 28
    while bit > n:
        bit >>= 2
    while bit:
        if n >= root + bit:
            n -= root + bit
            root = (root >> 1) + bit
        else:
            root >>= 1
        bit >>= 2
    return root
