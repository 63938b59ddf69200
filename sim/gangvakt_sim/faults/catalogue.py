"""Every fault that the simulator can cause: its name, what it may be told, how long it lasts, how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gangvakt_sim.errors import FaultRefusal

# Where it can be caused: in virtual time, or on a virtual board in real time.
Place = Literal["virtual", "real"]
BOTH: frozenset[Place] = frozenset({"virtual", "real"})
VIRTUAL: frozenset[Place] = frozenset({"virtual"})
INSTANT_S = 0.0


@dataclass(frozen=True)
class Parameter:
    """A whole number that a fault may be told."""

    name: str
    least: int
    most: int
    default: int
    help: str


@dataclass(frozen=True)
class FaultKind:
    """A fault. `longest_s` 0: it happens at once and is over; `usual_s`: of those that are drawn."""

    name: str
    title: str
    undone: str
    longest_s: float
    usual_s: tuple[float, float]
    parameters: tuple[Parameter, ...] = ()
    where: frozenset[Place] = BOTH
    hides_people: bool = False  # nobody can be warned meanwhile, or it is not known whether

    def parameter(self, name: str) -> Parameter:
        """The one of that name. FaultRefusal when it takes none."""
        for known in self.parameters:
            if known.name == name:
                return known
        allowed = ", ".join(known.name for known in self.parameters) or "none: it takes no parameter"
        raise FaultRefusal(f"fault {self.name}", "parameter", name, allowed)


HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
PERCENT = Parameter("percent", 1, 90, 20, "of the packets")

KINDS = (
    FaultKind("broker-down", "nobody listens at the broker's port", "it listens again", DAY_S, (30, 1800)),
    FaultKind(
        "half-open",
        "connections stay open and carry nothing, in either direction",
        "new connections work; the dead ones stay dead",
        HOUR_S,
        (60, 600),
    ),
    FaultKind(
        "packet-loss", "packets are lost and sent again, later", "none is lost", DAY_S, (60, 1800), (PERCENT,)
    ),
    FaultKind(
        "packet-delay",
        "packets take longer",
        "as fast as before",
        DAY_S,
        (60, 1800),
        (Parameter("ms", 1, 5000, 800, "more, each way"),),
    ),
    FaultKind(
        "wrong-certificate",
        "the broker's certificate is of an authority that the sign does not trust",
        "the right one again",
        HOUR_S,
        (30, 600),
        where=VIRTUAL,
    ),
    FaultKind(
        "expired-certificate",
        "the broker refuses the sign's certificate as expired",
        "it accepts it again",
        HOUR_S,
        (30, 600),
        where=VIRTUAL,
    ),
    FaultKind("dns-dead", "names do not resolve", "they do", DAY_S, (60, 900), where=VIRTUAL),
    FaultKind("ap-gone", "the access point is off", "it is back", DAY_S, (10, 1800)),
    FaultKind(
        "ap-channel",
        "the access point moves to another channel: the link is lost and joined anew",
        "it stays there",
        INSTANT_S,
        (0, 0),
        (Parameter("channel", 1, 13, 6, "the new one"),),
    ),
    FaultKind(
        "feeder-off",
        "no power, as each day from a street-lighting feeder",
        "power",
        DAY_S,
        (10, 1800),
        hides_people=True,
    ),
    FaultKind(
        "brown-out", "the supply dips: a reset by the brown-out detector", "at once", INSTANT_S, (0, 0)
    ),
    FaultKind(
        "power-cut-at-write",
        "the power goes in the middle of the next flash operation, which is torn",
        "power after 2 s",
        HOUR_S,
        (1800, 3600),
        (Parameter("n", 1, 1000, 1, "at the n-th operation from then on"),),
    ),
    FaultKind(
        "bit-rot",
        "bits of a partition flip",
        "never: the flash stays as it is",
        INSTANT_S,
        (0, 0),
        (Parameter("bits", 1, 1000, 4, "how many"), Parameter("partition", 0, 1, 0, "0 data, 1 outbox")),
    ),
    FaultKind(
        "clock-jump",
        "the chip's clock jumps",
        "never: somebody must set it right",
        INSTANT_S,
        (0, 0),
        (Parameter("s", -86_400, 86_400, 3600, "forward, or back when negative"),),
    ),
    FaultKind(
        "radar-silent",
        "no byte comes from the radar",
        "it reports again",
        DAY_S,
        (60, 1200),
        hides_people=True,
    ),
    FaultKind(
        "radar-garbled",
        "the radar's bytes are garbage",
        "they are frames again",
        DAY_S,
        (60, 1200),
        hides_people=True,
    ),
    FaultKind(
        "radar-stuck",
        "the radar repeats one picture with somebody in it",
        "it sees",
        DAY_S,
        (60, 1200),
        hides_people=True,
    ),
    FaultKind("pir-stuck", "the PIR's output stays high", "it follows what it sees", DAY_S, (60, 3600)),
    FaultKind("button-stuck", "the button is held", "it is let go", DAY_S, (60, 900), hides_people=True),
    FaultKind(
        "memory-fragmentation",
        "small blocks are allocated all over the heap, every second one is kept",
        "they are given back",
        HOUR_S,
        (60, 600),
        (Parameter("bytes", 64, 16_384, 2048, "kept, in blocks of 32"),),
    ),
    FaultKind(
        "stuck-task",
        "a task calls what does not return: the whole program stands still, the watchdog ends it after 8 s",
        "a call that returns in time has only cost that time",
        60.0,
        (1, 15),
        hides_people=True,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> FaultKind:
    """The fault of that name. FaultRefusal, which lists them all."""
    if name not in BY_NAME:
        raise FaultRefusal("fault", "name", name, ", ".join(BY_NAME))
    return BY_NAME[name]
