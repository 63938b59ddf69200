"""What is known of a sign. All values are frozen: a snapshot is shared, never copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gangvakt.fleet.names import SignId

SHADOW = "shadow"  # the mode in which a sign decides and logs, but its lamps stay dark


@dataclass(frozen=True)
class Lamps:
    """What the sign says its lamps do; `dim_pct` 0..100.

    `current_proved`: they drew what they should when they shone last, no more; None: not measured.
    """

    on: bool
    pattern: str
    dim_pct: int
    current_proved: bool | None = None


@dataclass(frozen=True)
class Fault:
    """One fault or refused setting; `why` says what would be allowed."""

    code: str
    field: str | None = None
    value: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Crash:
    """What ended a sign's work; `rung` is that of its ladder, `boot` and `firmware` None where not known."""

    cause: str
    rung: str
    text: str
    boot: int | None = None
    firmware: str | None = None
    crashes: int = 0
    hangs: int = 0
    brown_outs: int = 0


@dataclass(frozen=True)
class SignStatus:
    """The last status a sign published itself, while it was online."""

    incarnation: str
    boot: int
    uptime_ms: int
    firmware: str
    schema: str
    board: str
    mode: str
    config_version: int
    lamps: Lamps
    armed_ms: int | None
    faults: tuple[Fault, ...]
    clock_ok: bool
    certificate: str | None = None  # how its fingerprint begins
    renewal_error: str | None = None  # why the last renewal of its certificate was not taken
    order: str | None = None  # that stands: flash, force, mute
    order_left_s: int | None = None
    crash: Crash | None = None  # the newest that this sign told, perhaps long ago

    @property
    def is_shadow(self) -> bool:
        return self.mode == SHADOW


@dataclass(frozen=True)
class Telemetry:
    """Counters since boot; None where the sign left one out."""

    uptime_ms: int
    heap_free: int | None = None
    ticks: int | None = None
    ticks_late: int | None = None
    radar_frames: int | None = None
    radar_skipped_bytes: int | None = None
    radar_bad_frames: int | None = None
    pir_edges: int | None = None
    outbox_held: int | None = None
    outbox_dropped: int | None = None
    reconnects: int | None = None
    supply_mv: int | None = None
    current_proved: bool | None = None  # as in Lamps
    self_tests: int | None = None  # short ones of the lamps, by daylight
    ahead_ms: int | None = None  # by how much the pattern runs before that of the leading pole
    light_mv: int | None = None  # at the light sensor
    daylight: bool | None = None  # by the light sensor, where one is configured and follows the light
    battery_stage: int | None = None  # 0 full, 1 saving, 2 low, 3 nearly empty; None without a battery
    link: str | None = None  # wifi, lan or ppp
    rssi_dbm: int | None = None  # how strongly the other end is heard; None by cable


@dataclass(frozen=True)
class DesiredFate:
    """What became of a configuration that was wanted; `state`: waits, trial, refused, rolled_back.

    `version` is None where the sign could not even read that.
    """

    version: int | None
    state: str
    errors: tuple[Fault, ...]


@dataclass(frozen=True)
class ReportedConfig:
    """The configuration a sign runs with; `errors` are the fields it refused."""

    version: int
    schema: str
    values: Mapping[str, object]
    errors: tuple[Fault, ...]
    desired: DesiredFate | None = None


@dataclass(frozen=True)
class SignState:
    """Everything the live model holds of one sign.

    UTC times in ms: `last_seen_ms` of the last message of any kind, `offline_since_ms` of the broker's word
    that the connection is gone (None while online or never heard of).
    """

    id: SignId
    online: bool = False
    status: SignStatus | None = None
    telemetry: Telemetry | None = None
    config: ReportedConfig | None = None
    last_seen_ms: int | None = None
    offline_since_ms: int | None = None

    def seen_at(self, now_ms: int) -> SignState:
        """The same, heard of at `now_ms`.

        With each message, so without `dataclasses.replace`, which takes as long as to check the message.
        """
        state = object.__new__(SignState)
        state.__dict__.update(self.__dict__, last_seen_ms=now_ms)
        return state

    @property
    def lamps_on(self) -> bool:
        """Whether the sign warns right now, as far as anybody can know."""
        return self.online and self.status is not None and self.status.lamps.on

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.status.faults if self.status else ()
