"""The learned score: for each pair of features one table, and the sum of what they say."""

from sign.core.intent_features import COUNT
from sign.core.intent_table import BASE, CLASSES, FIRST, SECOND, TABLE

# CLASSES: 64 bins of a feature to its 16 classes. TABLE: 16 x 16 classes a pair.
_PAIRS = len(FIRST)
_classes = bytearray(COUNT)


def score(bins):
    """How much a track moves like people who then cross: 0 is where warning begins, 24 a factor of e."""
    of, classes, table = _classes, CLASSES, TABLE
    for k in range(COUNT):
        of[k] = classes[k << 6 | bins[k]]
    total, cell = BASE, 0
    first, second = FIRST, SECOND
    for pair in range(_PAIRS):
        total += table[cell + (of[first[pair]] << 4) + of[second[pair]]]
        cell += 256
    return total
