"""What a page says of a pole that it watches, second by second."""

from __future__ import annotations

import itertools

import pytest

from gangvakt.fleet import ReportedConfig, SignState
from gangvakt.ingest.looks import parse_look
from gangvakt.web.crossing.look_views import look_view, pole_view
from gangvakt.web.crossing.watch_states import MISSED_S, TRANSITIONS, PoleWatch, WatchEvent, WatchState
from gangvakt.web.texts import TABLE, Texts

from ..support import NORTH  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..wire import a_look  # noqa: TID252

S = WatchState


def asked(now_s: float = 0.0) -> PoleWatch:
    pole = PoleWatch()
    pole.ask()
    pole.answered(now_s)
    return pole


def test_a_minute_goes_by_and_ends_by_itself() -> None:
    pole = asked()
    for second in range(60):
        pole.look(second, 60 - second)
        pole.tick(second + 0.5)
        assert pole.state is S.SHOWN
    pole.tick(60)
    assert pole.state is S.OVER
    pole.ask()
    assert pole.state is S.ASKED


def test_a_sign_that_takes_its_time_to_answer_is_waited_for() -> None:
    pole = PoleWatch()
    pole.ask()
    pole.tick(19)
    assert pole.state is S.ASKED
    pole.missed()
    assert pole.state is S.SILENT


def test_pictures_that_stay_away_are_missed_and_welcome_again() -> None:
    pole = asked()
    pole.tick(MISSED_S)
    assert pole.state is S.SILENT
    pole.look(10, 50)
    assert pole.state is S.SHOWN
    pole.tick(10 + MISSED_S)
    assert pole.state is S.SILENT
    pole.tick(60)
    assert pole.state is S.OVER


def test_a_refusal_stands_until_it_is_asked_again() -> None:
    pole = PoleWatch()
    pole.ask()
    pole.refused()
    pole.tick(100)
    assert pole.state is S.REFUSED


def test_what_somebody_else_watches_is_shown_and_a_second_minute_follows_the_first() -> None:
    pole = PoleWatch()
    pole.look(5, 40)
    assert pole.state is S.SHOWN
    pole.ask()
    assert pole.state is S.SHOWN
    pole.look(8, 60)
    pole.tick(9)
    assert (pole.state, pole.until_s) == (S.SHOWN, 68)


@pytest.mark.parametrize("state", [one for one in S if one is not S.SHOWN])
def test_every_state_but_the_picture_has_words(state: WatchState) -> None:
    assert f"watch_state_{state.value}" in TABLE


def test_no_way_leads_back_to_the_beginning() -> None:
    assert {TRANSITIONS.get(pair) for pair in itertools.product(S, WatchEvent)} - {None} == set(S) - {S.IDLE}


def test_a_picture_is_told_in_the_readers_words() -> None:
    look = parse_look(a_look((7, 1_700, -1_500, 0, 1_200, 1), ranges=(2_400, 0xFFFF)), 0)
    view = look_view(look, Texts("nb"))
    assert view["tracks"][0]["word"] == "på vei ut"
    assert view["tracks"][0]["where"] == "1,5 m før kantsteinen, 1,2 m/s"
    assert view["ranges"] == ["noen 2,4 m unna"]
    assert view["why"] == "person på vei mot kantsteinen, 1,1 s før kantsteinen"


def test_the_ground_comes_from_the_configuration_that_the_sign_reports() -> None:
    values = {"kerb_a_x_mm": 1_000, "kerb_b_x_mm": 4_000, "kerb_b_y_mm": 4_000, "crossing_width_mm": 6_500}
    pole = pole_view(SignState(NORTH, config=ReportedConfig(1, "0123abcd", values, ())))
    assert (pole["kerb"], pole["road"], pole["zone"]) == (5.0, 6.5, 1.2)
    assert pole_view(SignState(NORTH))["kerb"] == 0
