"""The zone of a sign between metres and its configuration's fields."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import SettingRefused
from gangvakt.web.crossing.zones import changes, drawn, fields_of, trails

MM = st.integers(-50_000, 50_000)
NAMES = [f"{place}_{axis}_mm" for place in ("kerb_a", "kerb_b", "sensor") for axis in "xy"]


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, MM)), st.integers(-36_000, 36_000))
def test_what_is_drawn_and_told_again_is_no_change(places: dict[str, int], azimuth_cdeg: int) -> None:
    values = {**places, "sensor_azimuth_cdeg": azimuth_cdeg}
    shown = drawn(values)
    assert changes(values, fields_of({**shown["places"], "azimuth": shown["azimuth"]})) == {}


@given(
    st.recursive(st.none() | st.text() | st.floats() | st.booleans(), st.lists)
    | st.dictionaries(
        st.sampled_from(["kerb_a", "kerb_b", "sensor", "azimuth"]),
        st.none() | st.floats() | st.text() | st.lists(st.floats() | st.text(), max_size=3),
    )
)
def test_whatever_a_browser_tells_is_fields_within_bounds_or_refused(told: object) -> None:
    with suppress(SettingRefused):
        assert all(abs(value) <= 50_000 for value in fields_of(told).values())


@pytest.mark.parametrize("value", [50.1, -51, None, "7", True, float("nan")])
def test_a_place_out_of_bounds_names_its_field(value: object) -> None:
    told = {"kerb_a": [0, 0], "kerb_b": [1, value], "sensor": [0, 0], "azimuth": 0}
    with pytest.raises(SettingRefused, match=r"kerb_b y .*-50\.\.50"):
        fields_of(told)


def test_a_recorded_way_lies_in_the_plane_of_the_site() -> None:
    looks = [[0.1, False, 0, [[1, 0, -2]]], [0.2, False, 0, [[1, 1, 0]]]]
    scene = {"kerb": [[0, 0], [0, 4]], "looks": looks}  # from south to north: the road is in the east
    assert trails(scene) == [[(-2.0, 0.0), (0.0, 1.0)]]
