"""The poles of one crossing warn together: what one sees lights all, and nothing else does."""

import json
import secrets
from collections.abc import Iterator
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

REASONS = ("size", "version", "foreign", "forged", "replayed", "unproven", "flood", "crowded")
TOGETHER_S = 20
DARK_S = 20
SKEW_S = 0.15  # beside other tests; `make bench` has the figures
NOBODY_LISTENS = 9  # the port of a broker that is not there
MAC = bytes.fromhex("30aea41201")
# Apart so much at most are the patterns of two poles: a few ms of the radio, a few of clocks that are read.
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


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki.open(tmp_path_factory.mktemp("pki"))


class Crossings:
    """Starts signs; the key of a crossing is made of its name."""

    def __init__(self, folder: Path, pki: Pki, stack: ExitStack) -> None:
        self.air = secrets.token_hex(8)
        self._folder, self._pki, self._stack = folder, pki, stack
        self._numbers = iter(range(100))

    def build(self, sign: str, site: str = "storgata", broker: Controller | None = None) -> Pole:
        """A sign that has armed; with a `broker` it speaks to that, and no pole is in reach of its radio."""
        number = next(self._numbers)
        rig = VirtualRig(load_board("virtual"), self._folder / str(number), {WIFI.ssid: WIFI.psk})
        rig.mac = MAC + bytes([number])
        rig.world = {} if broker else {"espnow": {"air": self.air}}
        key = GroupKey(1, (site.encode().hex() * 32)[:64])
        pki, port = (broker.pki, broker.port) if broker else (self._pki, NOBODY_LISTENS)
        identity = make_identity(pki, SignId("drammen", site, sign), [(HOST, port)], WIFI, key)
        config = json.dumps({**CONFIG, "pir_enabled": False, "pole_sync": True}).encode()
        rig.start({"config.json": config, **identity})
        self._stack.callback(rig.stop)
        self._stack.callback(lambda: print(rig.printed()))
        rig.expect("armed ")
        return Pole(rig, self._stack.enter_context(Radar(rig.radar)))


@pytest.fixture(scope="module")
def crossings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crossings]:
    with ExitStack() as stack:
        pki = Pki.open(tmp_path_factory.mktemp("pki"))
        yield Crossings(tmp_path_factory.mktemp("poles"), pki, stack)


@pytest.fixture(scope="module")
def pair(crossings: Crossings) -> tuple[Pole, Pole]:
    """Two poles of a crossing that have found each other."""
    poles = crossings.build("north"), crossings.build("south")
    for pole in poles:
        wait_until(lambda pole=pole: len(pole.told()["heard"]) == 1, TOGETHER_S, "together")
    return poles


def refusals(pole: Pole) -> set[str]:
    return {reason for reason, count in zip(REASONS, pole.told()["refused"], strict=True) if count}


def await_dark(*poles: Pole) -> None:
    for pole in poles:
        wait_until(lambda pole=pole: not lit(pole.rig), DARK_S, "dark")


def test_what_one_pole_sees_lights_all_of_its_crossing_and_no_other(
    crossings: Crossings, pair: tuple[Pole, Pole]
) -> None:
    (north, south), other = pair, crossings.build("north", site="kirkegata")
    other.rig.expect("network: up")
    north.radar.play(to_the_kerb())
    wait_until(lambda: lit(south.rig), 6, "light at the other pole")
    await_dark(north, south)
    (on, off), (on_too, off_too) = north.light_s(), south.light_s()
    assert on < on_too < on + SKEW_S
    assert off < off_too < off + SKEW_S
    assert other.light_s() == []
    assert (north.told()["followed"], south.told()["followed"]) == (0, 1)
    assert ask(south.rig, "details")["warnings"] == 0
    assert refusals(other) == {"foreign"}


def test_their_patterns_run_together(pair: tuple[Pole, Pole]) -> None:
    north, south = pair
    wait_until(lambda: any(pole.told()["ahead_ms"] for pole in (north, south)), ALIGNED_S, "phase heard")
    wait_until(
        lambda: all(abs(pole.told()["ahead_ms"]) <= PHASE_MS for pole in (north, south)), ALIGNED_S, "phase"
    )
    north.radar.play(to_the_kerb())
    wait_until(lambda: lit(north.rig) and lit(south.rig), 6, "light")
    begun_us = now_us()
    wait_until(lambda: now_us() > begun_us + 2_000_000, 5, "two passes")
    edges = [
        [
            t_us
            for t_us, lamp, level in pole.rig.board.lamp_edges(begun_us, begun_us + 2_000_000)
            if lamp == "left"
        ]
        for pole in (north, south)
    ]
    apart_ms = [abs(one - two) / 1000 for one, two in zip(*edges, strict=False)]
    assert len(apart_ms) >= 3
    assert max(apart_ms) < PHASE_MS


def test_a_pole_whose_neighbour_is_dead_says_so_and_warns_alone(pair: tuple[Pole, Pole]) -> None:
    north, south = pair
    north.rig.stop()

    def faults() -> list[Answer]:
        found: list[Answer] = ask(south.rig, "status")["status"]["faults"]
        return [fault for fault in found if fault["code"] == "pole_lost"]

    wait_until(lambda: bool(faults()), 30, "fault")
    assert faults() == [{"code": "pole_lost", "why": "north"}]
    south.radar.play(to_the_kerb())
    wait_until(lambda: lit(south.rig), 6, "light")
    await_dark(south)


def test_recorded_forged_and_broken_frames_light_nothing_and_are_counted(
    crossings: Crossings, pair: tuple[Pole, Pole]
) -> None:
    north, south = pair
    north.rig.power_cycle()
    wait_until(
        lambda: south.told()["heard"] == ["north"] and len(north.told()["heard"]) == 1, TOGETHER_S, "again"
    )
    followed = south.told()["followed"]
    with Air(crossings.air) as listener:
        north.radar.play(to_the_kerb())
        wait_until(lambda: lit(south.rig), 6, "light at the other pole")
        await_dark(north, south)
        recorded = [frame.message for frame in listener.frames if frame.sender == north.rig.mac]
        north.rig.stop()
        last = recorded[-1]
        bad = {
            "replayed": last,
            "forged": last[:-1] + bytes([last[-1] ^ 1]),
            "size": last[:40],
            "version": b"?" * 45,
        }
        for reason, frame in bad.items():
            listener.send(frame)
            wait_until(lambda reason=reason: reason in refusals(south), 10, reason)
        assert south.told()["followed"] == followed + 1
        south.rig.power_cycle()
        south.rig.expect("armed ")
        south.rig.expect("network: up")  # a search for the access point hears nothing
        for frame in recorded[-8:]:
            listener.send(frame)
        wait_until(
            lambda: south.told()["refused"][REASONS.index("unproven")] >= 8, 10, "count after the reset"
        )
        assert not lit(south.rig)
        assert south.told()["heard"] == []


def test_poles_that_cannot_hear_each_other_speak_over_the_broker(
    crossings: Crossings, controller: Controller
) -> None:
    north, south = [crossings.build(name, broker=controller) for name in ("north", "south")]

    def heard(name: str) -> bool:
        return any(told["poles"]["heard"] for told in controller.on(f"/{name}/telemetry"))

    wait_until(lambda: heard("north") and heard("south"), 60, "together over the broker")
    north.radar.play(to_the_kerb())
    wait_until(lambda: lit(south.rig), 6, "light at the other pole")
    await_dark(north, south)
