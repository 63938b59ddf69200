"""The controller has words for all that a sign may say."""

import pytest

from gangvakt.web.texts import TABLE
from sign.core.events import CAUSES, REASONS
from sign.core.faults import names

KEYS = [f"fault_{name}" for name in names()]
KEYS += [f"on_{name}" for name in REASONS.split()[1:]] + [f"boot_{name}" for name in CAUSES.split()]


@pytest.mark.parametrize("key", KEYS)
def test_the_controller_has_words_for_it(key):
    assert key in TABLE
