"""What the REST interface takes and gives. Times are UTC ms since 1970."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.api.passwords import LONGEST
from gangvakt.fleet import SignEvent, SignState
from gangvakt.fleet.presence import Presence, Sight
from gangvakt.provision.lifetimes import Lifetime


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class LoginIn(BaseModel):
    user: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class PasswordIn(BaseModel):
    new_password: Annotated[str, Field(max_length=LONGEST)]


class LoginOut(_Out):
    """`must_change`: only /password is open. `token` goes into `Authorization: Bearer`."""

    user: str
    must_change: bool
    token: str


class MeOut(_Out):
    user: str
    must_change: bool


class HealthOut(_Out):
    ok: bool
    broker_connected: bool
    store_writing: bool


class CertificateOut(BaseModel):
    """`state`: good, ends soon (in less than 90 days), ended. `fingerprint` is SHA-256."""

    kind: str
    name: str
    ends_ms: int
    days_left: int
    state: str
    fingerprint: str

    @classmethod
    def of(cls, lifetime: Lifetime, now: datetime) -> Self:
        return cls(
            kind=lifetime.kind.value,
            name=lifetime.name,
            ends_ms=int(lifetime.ends.timestamp()) * 1000,
            days_left=lifetime.days_left(now),
            state=lifetime.state(now).value,
            fingerprint=lifetime.fingerprint,
        )


class CertificatesOut(BaseModel):
    """Those that end first come first."""

    certificates: tuple[CertificateOut, ...]


class FaultOut(_Out):
    code: str
    field: str | None
    value: str | None
    why: str | None


class LampsOut(_Out):
    on: bool
    pattern: str
    dim_pct: int
    current_proved: bool | None


class CrashOut(_Out):
    cause: str
    rung: str
    text: str
    boot: int | None
    firmware: str | None
    crashes: int
    hangs: int
    brown_outs: int


class StatusOut(_Out):
    incarnation: str
    boot: int
    uptime_ms: int
    firmware: str
    schema_hash: Annotated[str, Field(validation_alias="schema")]
    board: str
    mode: str
    config_version: int
    lamps: LampsOut
    armed_ms: int | None
    faults: tuple[FaultOut, ...]
    clock_ok: bool
    certificate: str | None
    renewal_error: str | None
    crash: CrashOut | None


class TelemetryOut(_Out):
    uptime_ms: int
    heap_free: int | None
    ticks: int | None
    ticks_late: int | None
    radar_frames: int | None
    radar_skipped_bytes: int | None
    radar_bad_frames: int | None
    pir_edges: int | None
    outbox_held: int | None
    outbox_dropped: int | None
    reconnects: int | None


class CurrentOut(_Out):
    """`by`: activation, or test (a short one by daylight)."""

    at_ms: int
    by: str


class SignOut(_Out):
    id: str
    online: bool
    lamps_on: bool
    last_seen_ms: int | None
    offline_since_ms: int | None
    status: StatusOut | None
    telemetry: TelemetryOut | None
    presence: Annotated[
        str, Field(description="fine, patchy (events are missing), silent, offline, off_by_day or unknown.")
    ]
    quiet_limit_ms: Annotated[
        int | None, Field(description="How long it may say nothing before it is silent; null: not watched.")
    ]
    missing_events: Annotated[int, Field(description="Numbered events that did not arrive.")]
    current_proved: Annotated[
        CurrentOut | None, Field(description="When lamp current was seen last; null: not since the start.")
    ]

    @classmethod
    def of(cls, state: SignState, sight: Sight | None = None) -> Self:
        return cls(
            presence=(sight.presence if sight else Presence.UNKNOWN).value,
            quiet_limit_ms=sight.limit_ms if sight else None,
            missing_events=sight.missing if sight else 0,
            current_proved=CurrentOut.model_validate(sight.proof) if sight and sight.proof else None,
            id=str(state.id),
            online=state.online,
            lamps_on=state.lamps_on,
            last_seen_ms=state.last_seen_ms,
            offline_since_ms=state.offline_since_ms,
            status=StatusOut.model_validate(state.status) if state.status else None,
            telemetry=TelemetryOut.model_validate(state.telemetry) if state.telemetry else None,
        )


class SignsOut(BaseModel):
    signs: tuple[SignOut, ...]


class EventOut(_Out):
    """`quality` says what `utc_ms` is: utc (sign's clock), uptime (reckoned), received (it was before)."""

    id: int
    sign: str
    incarnation: str
    boot: int
    seq: int
    kind: str
    utc_ms: int
    quality: str
    up_ms: int
    received_ms: int
    detail: dict[str, str | int | float | bool | None]

    @classmethod
    def of(cls, event: SignEvent) -> Self:
        return cls.model_validate(vars(event) | {"sign": str(event.sign), "detail": dict(event.detail)})


class EventsOut(BaseModel):
    """`next_after` is the `after` of the next page."""

    events: tuple[EventOut, ...]
    next_after: int
