"""Which alarms are shown, what people may do, and the words for every class."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import GangvaktError, Refusal
from gangvakt.fleet.alarm import Alarm, Condition
from gangvakt.fleet.alarm_classes import CLASSES
from gangvakt.web.alarms.acting import MODELS, chosen_of, step_of
from gangvakt.web.alarms.wanted import ALLOWED, Wanted
from gangvakt.web.alarms.wording import alarm_advice, alarm_title, alarm_told
from gangvakt.web.texts import LANGUAGES, Texts

JSON = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@pytest.mark.parametrize("code", CLASSES)
def test_each_class_says_in_both_languages_what_is_wrong_and_what_to_do(code: str) -> None:
    alarm = Alarm(code, "drammen/storgata/north", "test", text=Condition(code, "x").text)
    said = {(alarm_title(alarm, Texts(one)), alarm_advice(alarm, Texts(one))) for one in LANGUAGES}
    assert len(said) == 2
    assert all(title != alarm.code and advice for title, advice in said)
    assert alarm_told(alarm, Texts("nb")) is None


def test_what_an_alarm_adds_to_its_class_is_told() -> None:
    alarm = Alarm("feeder_dead", "drammen/feeder K17", "test", text="Feeder K17 is dead: 2 signs")
    assert alarm_told(alarm, Texts("nb")) == "Feeder K17 is dead: 2 signs"


@given(st.dictionaries(st.sampled_from([*ALLOWED, "x"]), JSON))
def test_any_address_shows_something_and_names_what_it_left_out(query: dict[str, object]) -> None:
    wanted = Wanted.of(query)
    assert all(getattr(wanted, name) in (allowed or (wanted.search,)) for name, allowed in ALLOWED.items())
    named = {name for name, _ in wanted.ignored}
    assert named == {
        name
        for name, value in query.items()
        if name in ALLOWED and value is not None and getattr(wanted, name) != str(value).strip()
    }
    wanted.filter("kari", frozenset())


def test_the_address_says_only_what_is_not_as_always() -> None:
    assert Wanted().query == ""
    assert Wanted.of({"priority": "1", "search": "a b"}).query == "priority=1&search=a+b"


@given(st.dictionaries(st.sampled_from(["step", "text", "minutes", "to", "alarms"]), JSON))
def test_any_form_is_a_step_within_bounds_or_a_refusal(told: dict[str, object]) -> None:
    try:
        step = step_of(told, "kari")
    except Refusal:
        return
    assert step.kind in MODELS
    assert len(step.text) <= 1000


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"step": "raise"}, "step is 'raise'"),
        ({"step": "suspend"}, "minutes"),
        ({"step": "suspend", "minutes": 43_201}, "minutes"),
        ({"step": "comment", "text": ""}, "text"),
        ({"step": "acknowledge", "text": "x" * 1001}, "text"),
        ({"step": "acknowledge", "text": "a\x00"}, "text"),
        ({"step": "assign", "to": "x" * 65}, "to"),
    ],
)
def test_a_form_out_of_bounds_is_refused_by_field(told: dict[str, object], why: str) -> None:
    with pytest.raises(GangvaktError, match=why):
        step_of(told, "kari")


@pytest.mark.parametrize("listed", [None, [], [1], [{"id": 0, "changedMs": 1}], [{"id": 1}], [{}] * 501])
def test_alarms_that_are_none_are_not_acted_on(listed: object) -> None:
    with pytest.raises(GangvaktError, match="alarms"):
        chosen_of({"alarms": listed})
