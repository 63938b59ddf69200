"""What the page of a street may order: read within bounds, obeyed in the street's steps, refused by field."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import OrderRefusal
from gangvakt_sim.faults.schedule import Fault
from gangvakt_sim.order_desk import MOST_WAITING, OrderDesk
from gangvakt_sim.street_orders import DEEDS, FAULTS, LARGEST, read_order
from gangvakt_sim.world.guests import BEGIN_M, MOST
from gangvakt_sim.world.scene import DEFAULT_SCENE, load_scene
from gangvakt_sim.world.street import Street

SIGNS = ("north", "south")
FAULT = {"order": "fault", "sign": "north", "fault": "ap-gone", "for_s": 20}


def order(**told: object) -> bytes:
    return json.dumps({"v": 1, "id": "ab12", **told}).encode()


class Signs(dict[str, Any]):
    """Two that only note what is done to them."""

    def __init__(self) -> None:
        self.done: list[tuple[str, object]] = []
        super().__init__({name: _Sign(name, self.done) for name in SIGNS})


class _Sign:
    def __init__(self, name: str, done: list[tuple[str, object]]) -> None:
        self._name, self._done = name, done

    def cause(self, fault: Fault) -> None:
        self._done.append((self._name, str(fault)))

    def mend(self) -> None:
        self._done.append((self._name, None))


@pytest.fixture
def street() -> Street:
    return Street(load_scene(DEFAULT_SCENE), 1)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "order"),
        (b"[" * 400, "order"),
        (b"x" * (LARGEST + 1), "order"),
        (json.dumps({"v": 2, "id": "ab", "order": "walk"}).encode(), "order"),
        (order(id="AB", order="walk"), "id"),
        (order(order="fly"), "order"),
        (order(**FAULT | {"sign": "west"}), "sign"),
        (order(**FAULT | {"fault": "broker-down"}), "fault"),
        (order(**FAULT | {"for_s": 0}), "for_s"),
        (order(**FAULT | {"for_s": 121}), "for_s"),
        (order(**FAULT | {"for_s": True}), "for_s"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_field(data: bytes, field: str) -> None:
    with pytest.raises(OrderRefusal) as refused:
        read_order(data, SIGNS)
    assert refused.value.field == field


@pytest.mark.parser
@given(st.binary(max_size=LARGEST + 10) | st.builds(order, order=st.sampled_from(DEEDS), sign=st.text()))
def test_any_bytes_are_an_order_or_refused(data: bytes) -> None:
    try:
        told = read_order(data, SIGNS)
    except OrderRefusal:
        return
    assert told.deed in DEEDS
    assert told.sign in (None, *SIGNS)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_that_is_offered_can_be_ordered(name: str) -> None:
    told = read_order(order(**FAULT | {"fault": name}), SIGNS)
    assert told.fault is not None
    assert told.fault.name == name


def test_somebody_begins_before_the_kerb_crosses_and_leaves(street: Street) -> None:
    desk, signs = OrderDesk(), Signs()
    desk.put(order(order="walk"))
    assert desk.obey(10.0, street.guests, signs) == {"id": "ab12", "ok": True}
    (begun,) = street.guests.actors(10.0)
    nearest = min(math.dist((begun.x, begun.y), _middle(kerb)) for kerb in load_scene(DEFAULT_SCENE).kerbs)
    assert BEGIN_M - 0.5 < nearest <= BEGIN_M
    crossed = [at for at in range(100, 400) if street.guests.places(at / 10)]
    assert crossed
    assert not street.guests.actors(80.0)


def test_who_is_stopped_stands_still_and_goes_on_from_there(street: Street) -> None:
    street.guests.send(0.0, running=True)
    (before,) = street.guests.actors(1.0)
    street.guests.stop(1.0)
    (stopped,) = street.guests.actors(9.0)
    assert (stopped.x, stopped.y, stopped.speed_m_s) == (before.x, before.y, 0.0)
    street.guests.go(9.0)
    (after,) = street.guests.actors(9.0)
    assert (after.x, after.y) == (before.x, before.y)
    assert after.speed_m_s > 1


def test_guests_leave_the_generated_street_as_it_is(street: Street) -> None:
    alone = Street(load_scene(DEFAULT_SCENE), 1)
    street.guests.send(0.0, running=False)
    people = [
        one for one in street.actors(5.0) if not one.id.startswith("guest") and one.kind == "pedestrian"
    ]
    assert people == [one for one in alone.actors(5.0) if one.kind == "pedestrian"]


def test_orders_that_cannot_be_are_refused_and_the_street_goes_on(street: Street) -> None:
    desk, signs = OrderDesk(), Signs()
    desk.put(order(order="stop"))
    told = desk.obey(0.0, street.guests, signs)
    assert told is not None
    assert (told["ok"], told["field"]) == (False, "people")
    for _ in range(MOST + 1):
        desk.put(order(order="walk"))
        told = desk.obey(0.0, street.guests, signs)
    assert told is not None
    assert (told["ok"], street.guests.count) == (False, MOST)
    for _ in range(MOST_WAITING * 2):
        desk.put(b"nonsense")
    assert desk.obey(0.0, street.guests, signs) is not None


def test_a_fault_reaches_its_sign_and_is_mended(street: Street) -> None:
    desk, signs = OrderDesk(), Signs()
    desk.put(order(**FAULT))
    desk.put(order(order="mend", sign="north"))
    desk.obey(0.0, street.guests, signs)
    assert signs.done == [("north", "ap-gone@0:20"), ("north", None)]


def _middle(kerb: Any) -> tuple[float, float]:
    (ax, ay), (bx, by) = kerb
    return (ax + bx) / 2, (ay + by) / 2
