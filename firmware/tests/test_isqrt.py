from sign.core.isqrt import isqrt


def test_roots_are_rounded_down():
    for root in (0, 1, 2, 3, 100, 3200, 16_000, 32_767):
        assert isqrt(root * root) == root
        assert isqrt(root * root + root) == root
        if root:
            assert isqrt(root * root - 1) == root - 1


def test_the_largest_small_int():
    assert isqrt(0x3FFFFFFF) == 32_767
