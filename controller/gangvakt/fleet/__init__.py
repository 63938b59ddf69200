"""The live model of the fleet: plain values in, snapshots and changes out."""

from gangvakt.fleet.broadcast import Changes
from gangvakt.fleet.events import Change, ChangeKind, EventKey, SignEvent
from gangvakt.fleet.live import LiveFleet
from gangvakt.fleet.look import Look
from gangvakt.fleet.names import SignId, SiteId
from gangvakt.fleet.orders import Answer, WantedConfig
from gangvakt.fleet.scene import Actor, Point, Scene, SceneSign, World
from gangvakt.fleet.signs import (
    Crash,
    DesiredFate,
    Fault,
    Lamps,
    ReportedConfig,
    SignState,
    SignStatus,
    Telemetry,
)

__all__ = [
    "Actor",
    "Answer",
    "Change",
    "ChangeKind",
    "Changes",
    "Crash",
    "DesiredFate",
    "EventKey",
    "Fault",
    "Lamps",
    "LiveFleet",
    "Look",
    "Point",
    "ReportedConfig",
    "Scene",
    "SceneSign",
    "SignEvent",
    "SignId",
    "SignState",
    "SignStatus",
    "SiteId",
    "Telemetry",
    "WantedConfig",
    "World",
]
