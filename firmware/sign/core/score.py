"""The learned score: a sum over small trees, each of which asks the bins four questions.

A tree of TREES (see `intent_table`) is 24 bytes: four pairs (feature, bin) ask "is the feature's bin above
it?", the answers are the number of one of the 16 leaves that follow, in points + 128.
"""

from sign.compat import const, micropython, ptr8
from sign.core.intent_table import BASE, TREES

POINTS_PER_E = const(100)  # so many points are a factor of e in the odds
_QUESTIONS = const(8)  # bytes
_TREE = const(8 + 16)
_COUNT = len(TREES) // _TREE


def score(bins):
    """How much a track moves like people who then cross, in points; warning begins about 0."""
    return BASE + _sum(bins, TREES, _COUNT)


@micropython.viper
def _sum(bins: ptr8, trees: ptr8, count: int) -> int:
    total = 0
    at = 0
    for _ in range(count):
        # Written out, since a loop within the loop takes as long as its questions.
        leaf = at + _QUESTIONS
        if bins[trees[at]] > trees[at + 1]:
            leaf += 8
        if bins[trees[at + 2]] > trees[at + 3]:
            leaf += 4
        if bins[trees[at + 4]] > trees[at + 5]:
            leaf += 2
        if bins[trees[at + 6]] > trees[at + 7]:
            leaf += 1
        total += trees[leaf]
        at += _TREE
    return total - (count << 7)
