"""Orders to a simulated street: within bounds, in the words of the wire, and only where one takes them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gangvakt.errors import GangvaktError, Missing, StreetAway, Unreadable
from gangvakt.fleet import LiveFleet, Scene, SceneSign, SiteId
from gangvakt.ingest.scenes import parse_scene, parse_world
from gangvakt.ingest.schema import check
from gangvakt.ingest.topics import is_not_ours_to_read, parse_topic, street_topic
from gangvakt.orders.streets import Streets

SITE = SiteId("drammen", "storgata")
BOUNDS = (-9.0, -9.0, 9.0, 9.0)
SIGN = SceneSign("north", 0, 0, 90, 6, 60)
SCENE = Scene(SITE, "Storgata", BOUNDS, (), (), (), (), (SIGN,), ("ap-gone", "feeder-off"))
WORLD = {"v": 1, "t_s": 1, "actors": [], "lamps": {}}
PLAIN = {"v": 1, "name": "Storgata", "bounds": [-9, -9, 9, 9], "road": [[0, 0], [1, 0], [1, 1]]} | {
    "pavements": [],
    "crossing": [[0, 0], [1, 0], [1, 1]],
    "kerbs": [],
    "signs": [],
}


class Street:
    """What was sent to it."""

    def __init__(self) -> None:
        self.told: list[dict[str, object]] = []
        self.is_there = True
        self.fleet = LiveFleet()
        self.fleet.put_scene(SCENE)
        self.streets = Streets(self.fleet, self.send)

    async def send(self, site: SiteId, message: bytes) -> bool:
        self.told.append(json.loads(message))
        return self.is_there


@pytest.fixture
def street() -> Street:
    return Street()


async def test_orders_are_in_the_words_of_the_wire(street: Street) -> None:
    idents = [
        await street.streets.people(SITE, "walk"),
        await street.streets.fault(SITE, "north", "ap-gone", 20),
        await street.streets.mend(SITE, "north"),
    ]
    for told in street.told:
        check("StreetOrder", told)
    assert [told["id"] for told in street.told] == idents
    assert street_topic(SITE) == "gangvakt-sim/v1/drammen/storgata/order"
    assert (is_not_ours_to_read(street_topic(SITE)), parse_topic(street_topic(SITE))) == (True, None)


@pytest.mark.parametrize(
    ("sign", "fault", "for_s", "why"),
    [
        ("west", "ap-gone", 20, "sign is 'west'; allowed: north"),
        ("north", "broker-down", 20, "allowed: ap-gone, feeder-off"),
        ("north", "ap-gone", 0, "for_s is '0'; allowed: 1..120"),
        ("north", "ap-gone", 121, "for_s"),
        ("north", "ap-gone", True, "for_s"),
        (None, None, None, "sign"),
    ],
)
async def test_what_the_street_does_not_take_is_refused_and_not_sent(
    street: Street, sign: object, fault: object, for_s: object, why: str
) -> None:
    with pytest.raises(GangvaktError, match=why):
        await street.streets.fault(SITE, sign, fault, for_s)
    with pytest.raises(GangvaktError, match="order is 'fly'; allowed: walk, run, stop, go"):
        await street.streets.people(SITE, "fly")
    assert street.told == []


async def test_a_real_crossing_and_an_old_simulator_take_no_orders(street: Street) -> None:
    with pytest.raises(Missing):
        await street.streets.people(SiteId("drammen", "torget"), "walk")
    street.fleet.put_scene(replace(SCENE, faults=()))
    with pytest.raises(Missing):
        await street.streets.people(SITE, "walk")


async def test_a_broker_that_is_away_is_said(street: Street) -> None:
    street.is_there = False
    with pytest.raises(StreetAway):
        await street.streets.people(SITE, "walk")


def test_what_became_of_an_order_is_read_from_the_world() -> None:
    more = {
        "faults": [{"sign": "north", "fault": "ap-gone", "left_s": 12}],
        "order": {"id": "ab", "ok": False, "field": "people", "value": "8", "allowed": "at most 8"},
    }
    world = parse_world(SITE, WORLD | more, 1)
    assert (world.faults[0].left_s, world.order and world.order.field) == (12, "people")
    assert parse_world(SITE, WORLD, 1).order is None
    assert parse_scene(SITE, PLAIN | {"faults": ["ap-gone"]}).faults == ("ap-gone",)
    assert parse_scene(SITE, PLAIN).faults == ()


@pytest.mark.parametrize(
    "more",
    [{"order": {"id": "ab"}}, {"order": {"id": "ab", "ok": True, "x": 1}}, {"faults": [{"sign": "N"}]}],
)
def test_a_world_with_more_than_the_wire_says_is_unreadable(more: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        parse_world(SITE, WORLD | more, 1)
