"""The poles of one crossing warn together: what one sees lights all, and nothing else does."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hil_tests.conftest import WIFI
from hil_tests.controller import HOST, Controller
from hil_tests.rig import Answer, VirtualRig, ask, lit, wait_until
from hil_tests.walks import CONFIG, Radar, to_the_kerb

from gangvakt.fleet import SignId
from gangvakt.provision.board import load_board
from gangvakt.provision.identity import GroupKey, make_identity
from gangvakt.provision.pki import Pki
from gangvakt_sim.board.air import Air
from gangvakt_sim.board.shm import now_us

TOGETHER_S = 20
DARK_S = 20
SKEW_S = 0.15  # beside other tests; `make bench` has the figures
NOBODY_LISTENS = 9  # the port of a broker that is not there
MAC = bytes.fromhex("30aea41201")
# The patterns of two poles that have found each other: a few ms of the radio, a few of the clocks that are read.
PHASE_MS = 12
ALIGNED_S = 40


@dataclass
class Pole:
    """A sign with people before it."""

    rig: VirtualRig
    radar: Radar

    def told(self) -> Answer:
        found: Answer = ask(self.rig, "telemetry")["poles"]
        return found

    def light_s(self) -> list[float]:
        """When light began and ended, in turn."""
        duties = [(0, 0), *self.rig.board.dim_changes()]
        return [t / 1e6 for (_, old), (t, new) in pairwise(duties) if bool(old) != bool(new)]


Build = Callable[..., Pole]


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki.open(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def air() -> str:
    return secrets.token_hex(8)


@pytest.fixture
def build(tmp_path: Path, air: str, pki: Pki) -> Iterator[Build]:
    """Starts a sign at a crossing whose key is made of the crossing's name; `air` None: out of reach."""
    with ExitStack() as stack:
        numbers = iter(range(100))

        def start(
            sign: str,
            site: str = "storgata",
            air: str | None = air,
            broker: Controller | None = None,
            **config: object,
        ) -> Pole:
            number = next(numbers)
            rig = VirtualRig(load_board("virtual"), tmp_path / str(number), {WIFI.ssid: WIFI.psk})
            rig.mac = MAC + bytes([number])
            rig.world = {"espnow": {"air": air}} if air else {}
            key = GroupKey(1, (site.encode().hex() * 32)[:64])
            authority, port = (broker.pki, broker.port) if broker else (pki, NOBODY_LISTENS)
            identity = make_identity(
                authority, SignId("drammen", site, sign), [(HOST, port)], WIFI, key
            )
            rig.start({"config.json": json.dumps({**CONFIG, "pir_enabled": False, **config}).encode(), **identity})
            stack.callback(rig.stop)
            stack.callback(lambda: print(rig.printed()))
            rig.expect("armed ")
            return Pole(rig, stack.enter_context(Radar(rig.radar)))

        yield start


def await_together(*poles: Pole) -> None:
    for pole in poles:
        wait_until(lambda pole=pole: len(pole.told()["heard"]) == len(poles) - 1, TOGETHER_S, "together")


def await_dark(*poles: Pole) -> None:
    for pole in poles:
        wait_until(lambda pole=pole: not lit(pole.rig), DARK_S, "dark")


def test_what_one_pole_sees_lights_all_of_its_crossing_and_no_other(build: Build) -> None:
    north, south, other = build("north"), build("south"), build("north", site="kirkegata")
    await_together(north, south)
    north.radar.play(to_the_kerb())
    wait_until(lambda: lit(south.rig), 6, "light at the other pole")
    await_dark(north, south)
    (on, off), (on_too, off_too) = north.light_s(), south.light_s()
    print(on_too - on, off_too - off)
    assert on < on_too < on + SKEW_S
    assert off < off_too < off + SKEW_S
    assert other.light_s() == []
    assert (north.told()["followed"], south.told()["followed"]) == (0, 1)
    assert ask(south.rig, "details")["warnings"] == 0
    assert set(other.told()["refused"]) == {"foreign"}


def test_their_patterns_run_together(build: Build) -> None:
    north, south = build("north"), build("south")
    await_together(north, south)
    wait_until(
        lambda: any(abs(pole.told()["ahead_ms"] or 99) <= PHASE_MS for pole in (north, south)), ALIGNED_S, "phase"
    )
    north.radar.play(to_the_kerb())
    wait_until(lambda: lit(north.rig) and lit(south.rig), 6, "light")
    begun_us = now_us()
    wait_until(lambda: now_us() > begun_us + 2_000_000, 5, "two passes")
    edges = [
        [t_us for t_us, lamp, level in pole.rig.board.lamp_edges(begun_us, begun_us + 2_000_000) if lamp == "left"]
        for pole in (north, south)
    ]
    apart_ms = [abs(one - two) / 1000 for one, two in zip(*edges, strict=False)]
    assert len(apart_ms) >= 3
    assert max(apart_ms) < PHASE_MS


def test_recorded_forged_and_broken_frames_light_nothing_and_are_counted(build: Build, air: str) -> None:
    with Air(air) as listener:
        north, south = build("north"), build("south")
        await_together(north, south)
        north.radar.play(to_the_kerb())
        wait_until(lambda: lit(south.rig), 6, "light at the other pole")
        await_dark(north, south)
        recorded = [frame.message for frame in listener.frames if frame.sender == north.rig.mac]
        north.rig.stop()
        last = recorded[-1]
        bad = {"replayed": last, "forged": last[:-1] + bytes([last[-1] ^ 1]), "size": last[:-1], "version": b"?" * 40}
        for reason, frame in bad.items():
            listener.send(frame)
            wait_until(lambda reason=reason: reason in south.told()["refused"], 10, reason)
        assert south.told()["followed"] == 1
        south.rig.power_cycle()
        south.rig.expect("armed ")
        south.rig.expect("network: up")  # a search for the access point hears nothing
        for frame in recorded[-8:]:
            listener.send(frame)
        wait_until(lambda: south.told()["refused"].get("unproven", 0) >= 8, 10, "count after the reset")
        assert not lit(south.rig)
        assert south.told()["heard"] == []


def test_a_pole_whose_neighbour_is_dead_says_so_and_warns_alone(build: Build) -> None:
    north, south = build("north"), build("south")
    await_together(north, south)
    north.rig.stop()

    def faults() -> list[Answer]:
        found: list[Answer] = ask(south.rig, "status")["status"]["faults"]
        return [fault for fault in found if fault["code"] == "pole_lost"]

    wait_until(lambda: bool(faults()), 30, "fault")
    assert faults() == [{"code": "pole_lost", "why": "north"}]
    south.radar.play(to_the_kerb())
    wait_until(lambda: lit(south.rig), 6, "light")


def test_poles_that_cannot_hear_each_other_speak_over_the_broker(build: Build, controller: Controller) -> None:
    north = build("north", air=None, broker=controller)
    south = build("south", air=None, broker=controller)
    for pole in (north, south):
        wait_until(lambda pole=pole: len(pole.told()["heard"]) == 1, 60, "together over the broker")
    north.radar.play(to_the_kerb())
    wait_until(lambda: lit(south.rig), 6, "light at the other pole")
    await_dark(north, south)
