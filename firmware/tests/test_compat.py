from sign.compat import TICKS_MASK, sha256_hex, ticks_add, ticks_diff

WRAP = TICKS_MASK + 1


def test_ticks_diff_counts_forwards_and_backwards():
    assert ticks_diff(1500, 1000) == 500
    assert ticks_diff(1000, 1500) == -500


def test_ticks_diff_counts_across_the_wrap():
    assert ticks_diff(200, WRAP - 300) == 500
    assert ticks_diff(WRAP - 300, 200) == -500


def test_ticks_add_wraps_both_ways():
    assert ticks_add(WRAP - 300, 500) == 200
    assert ticks_add(200, -500) == WRAP - 300
    assert ticks_add(TICKS_MASK, 1) == 0


def test_ticks_diff_agrees_with_the_interpreters_own():
    import time

    if not hasattr(time, "ticks_diff"):
        return
    for a, b in ((0, TICKS_MASK), (5, WRAP // 2 + 6), (WRAP // 2, 0), (123, 456), (TICKS_MASK, 0)):
        assert ticks_diff(a, b) == time.ticks_diff(a, b)


def test_sha256_is_hexadecimal():
    assert sha256_hex(b"abc")[:16] == "ba7816bf8f01cfea"
