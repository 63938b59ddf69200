"""The controller has words for all that a sign may say."""

import pytest

from gangvakt.web.texts import TABLE
from gangvakt.web.words import SENTENCES
from sign.core.events import CAUSES, KINDS, ORDERS, REASONS
from sign.core.faults import names

KEYS = [f"fault_{name}" for name in names()]
KEYS += [f"on_{name}" for name in REASONS.split()[1:]] + [f"boot_{name}" for name in CAUSES.split()]
KEYS += [f"order_{name}" for name in ORDERS.split()[1:]]


@pytest.mark.parametrize("key", KEYS)
def test_the_controller_has_words_for_it(key):
    assert key in TABLE


@pytest.mark.parametrize("kind", KINDS.split()[1:])
def test_the_page_tells_each_kind_of_event_in_a_sentence(kind):
    assert kind in SENTENCES
