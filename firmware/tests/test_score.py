from sign.core import score as scores
from sign.core.features import COUNT
from sign.core.intent_table import BASE, TREES
from sign.core.score import score

TREE = 24


def slow_score(bins, trees):
    """What the description of a tree says, written down once more."""
    points = 0
    for at in range(0, len(trees), TREE):
        tree = trees[at : at + TREE]
        leaf = 0
        for k in range(4):
            leaf = leaf * 2 + (1 if bins[tree[2 * k]] > tree[2 * k + 1] else 0)
        points += tree[8 + leaf] - 128
    return points


def numbers(seed, count, below):
    """Bytes that look random, the same everywhere."""
    made = bytearray()
    for _ in range(count):
        seed = (seed * 25_173 + 13_849) & 0xFFFF
        made.append((seed >> 4) % below)
    return made


def made_up_trees(count):
    trees = bytearray()
    for k in range(count):
        bounds = numbers(k, 4, 256)
        for feature, bound in zip(numbers(k + 1, 4, COUNT), bounds):
            trees += bytes((feature, bound))
        trees += numbers(k + 2, 16, 256)
    return bytes(trees)


def test_the_table_has_the_form_that_the_score_reads():
    assert len(TREES) % TREE == 0
    assert TREES
    for at in range(0, len(TREES), TREE):
        assert max(TREES[at + k] for k in (0, 2, 4, 6)) < COUNT


def test_the_score_is_the_sum_of_the_leaves_that_the_answers_name():
    for seed in range(40):
        bins = numbers(seed, COUNT, 256)
        assert score(bins) == BASE + slow_score(bins, TREES), list(bins)


def test_any_trees_are_read_alike():
    trees = made_up_trees(30)
    for seed in range(40):
        bins = numbers(seed, COUNT, 256)
        assert scores._sum(bins, trees, 30) == slow_score(bins, trees), list(bins)


def test_a_question_asks_for_more_than_its_bound():
    tree = bytes((0, 100, 0, 255, 0, 255, 0, 255)) + bytes((1,)) + bytes(7) + bytes((201,)) + bytes(7)
    asked = [scores._sum(bytearray([value] + [0] * 10), tree, 1) for value in (0, 100, 101, 255)]
    assert asked == [-127, -127, 73, 73]


def test_the_extremes_of_leaves_add_up():
    lowest, highest = (bytes(8) + bytes([points] * 16) for points in (0, 255))
    assert scores._sum(bytearray(COUNT), lowest * 200, 200) == -128 * 200
    assert scores._sum(bytearray(COUNT), highest * 200, 200) == 127 * 200
    assert scores._sum(bytearray(COUNT), b"", 0) == 0
