"""The learned score: a sum over small trees, each of which asks the bins four questions.

A tree of TREES (see `intent_table`) is 24 bytes: four pairs (feature, bin) ask "is the feature's bin above
it?", the answers are the number of one of the 16 leaves that follow, in points + 128.
"""

from sign.compat import const, micropython, ptr8
from sign.core.intent_table import BASE, TREES

POINTS_PER_E = const(100)  # so many points are a factor of e in the odds
_DEPTH = const(4)
_LEAVES = const(16)
_TREE = const(2 * _DEPTH + _LEAVES)
_COUNT = len(TREES) // _TREE


def score(bins):
    """How much a track moves like people who then cross, in points; warning begins about 0."""
    return BASE + _sum(bins, TREES, _COUNT)


@micropython.viper
def _sum(bins: ptr8, trees: ptr8, count: int) -> int:
    total = 0
    at = 0
    for _ in range(count):
        leaf = 0
        for _ in range(_DEPTH):
            leaf <<= 1
            if bins[trees[at]] > trees[at + 1]:
                leaf |= 1
            at += 2
        total += trees[at + leaf]
        at += _LEAVES
    return total - (count << 7)
