"""What the REST interface takes and gives. Times are UTC ms since 1970."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.api.auth import Login
from gangvakt.api.passwords import LONGEST
from gangvakt.fleet import SignEvent, SignState
from gangvakt.fleet.presence import Presence, Sight
from gangvakt.provision.lifetimes import Lifetime
from gangvakt.provision.people_wire import LONGEST_CODE


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


NEEDS = "What has to be done before all else: `code` (POST /login/code), `password` (POST /password) or "
NEEDS += "`second_factor` (POST /second-factor); null: nothing."


class LoginIn(BaseModel):
    user: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="Name of a member of staff.", examples=["kari"]
    )
    password: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="The password.", examples=["correct horse battery"]
    )
    code: Annotated[str, Field(min_length=6, max_length=LONGEST_CODE)] | None = Field(
        default=None,
        description="Of the second factor, where there is one; else it is asked for.",
        examples=["123456"],
    )


class PasswordIn(BaseModel):
    password: Annotated[str, Field(max_length=LONGEST)] | None = Field(
        default=None,
        description="The one now; may be missing where it is a one-time password.",
        examples=["correct horse battery"],
    )
    new_password: Annotated[str, Field(max_length=LONGEST)] = Field(
        description="12 characters and more, not the old one.", examples=["correct horse battery"]
    )


class LoginOut(_Out):
    """`must_change`: only /password is open. `token` goes into `Authorization: Bearer`."""

    user: str = Field(description="Who is logged in.", examples=["kari"])
    must_change: bool = Field(description="Only a new password may be chosen now.", examples=[False])
    token: str = Field(
        description="For `Authorization: Bearer`; it ends after 12 hours, or 2 without a request.",
        examples=["0v5nq0a2uVt7"],
    )
    needs: str | None = Field(default=None, description=NEEDS, examples=["code"])

    @classmethod
    def of(cls, login: Login) -> Self:
        needs = login.hurdle.value if login.hurdle else None
        return cls(user=login.user, must_change=login.must_change, token=login.token, needs=needs)


class MeOut(_Out):
    user: str = Field(description="Who is logged in.", examples=["kari"])
    must_change: bool = Field(description="Only a new password may be chosen now.", examples=[False])
    needs: str | None = Field(description=NEEDS, examples=["code"])
    roles: dict[str, str] = Field(
        description="The role in each municipality; `*` stands for all of them.",
        examples=[{"lillestrom": "operator"}],
    )
    is_token: bool = Field(description="A token of a program asks.", examples=[False])

    @classmethod
    def of(cls, login: Login) -> Self:
        return cls(
            user=login.user,
            must_change=login.must_change,
            needs=login.hurdle.value if login.hurdle else None,
            roles={where: role.word for where, role in login.granted.items()},
            is_token=login.is_token,
        )


class HealthOut(_Out):
    ok: bool = Field(description="Everything below is true.", examples=[True])
    broker_connected: bool = Field(description="Signs are heard.", examples=[True])
    store_writing: bool = Field(description="What they say is stored.", examples=[True])
    store_answering: bool = Field(description="The database answers.", examples=[True])


class CertificateOut(BaseModel):
    """`state`: good, ends soon (in less than 90 days), ended. `fingerprint` is SHA-256."""

    kind: str = Field(
        description="authority, old authority, bundle, server, controller or sign.", examples=["sign"]
    )
    name: str = Field(description="Whose it is.", examples=["drammen/storgata/30aea4120001"])
    ends_ms: int = Field(description="When it ends, UTC ms since 1970.", examples=[1800000000000])
    days_left: int = Field(description="Whole days; negative once it has ended.", examples=[321])
    state: str = Field(description="good, ends soon (in less than 90 days) or ended.", examples=["good"])
    fingerprint: str = Field(
        description="SHA-256 of the certificate, hex.",
        examples=["ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12"],
    )

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


class FaultOut(_Out):
    code: str = Field(description="What is wrong.", examples=["config"])
    field: str | None = Field(description="The setting that it is about.", examples=["hold_min_ms"])
    value: str | None = Field(description="Its value.", examples=["-3"])
    why: str | None = Field(description="What would be allowed.", examples=["5000..30000"])


class LampsOut(_Out):
    on: bool = Field(description="They flash.", examples=[False])
    pattern: str = Field(description="How they flash.", examples=["alternating"])
    dim_pct: int = Field(description="How bright, in percent.", examples=[100])
    current_proved: bool | None = Field(
        description="They drew what they should when they shone last; null: not measured.", examples=[True]
    )


class CrashOut(_Out):
    cause: str = Field(description="What ended its work.", examples=["watchdog"])
    rung: str = Field(description="Where it stands on its ladder of restarts.", examples=["restart"])
    text: str = Field(description="What was found of it.", examples=["OSError: 5"])
    boot: int | None = Field(description="The boot that ended so.", examples=[17])
    firmware: str | None = Field(description="Its firmware.", examples=["0.1.0"])
    crashes: int = Field(description="Crashes since it was flashed.", examples=[1])
    hangs: int = Field(description="Hangs since it was flashed.", examples=[0])
    brown_outs: int = Field(description="Brown-outs since it was flashed.", examples=[0])


class StatusOut(_Out):
    incarnation: str = Field(
        description="The identity that the sign was given when it was flashed.", examples=["9f3ac01b"]
    )
    boot: int = Field(description="Which boot it is in, counted since it was flashed.", examples=[17])
    uptime_ms: int = Field(description="How long it runs, ms.", examples=[86400000])
    firmware: str = Field(description="The version that it runs.", examples=["0.1.0"])
    schema_hash: str = Field(
        validation_alias="schema", description="Which settings it knows.", examples=["0123abcd"]
    )
    board: str = Field(description="The kind of board.", examples=["esp32-devkitc"])
    mode: str = Field(description="What it is set to.", examples=["active"])
    config_version: int = Field(description="The configuration that it runs with.", examples=[4])
    lamps: LampsOut = Field(description="What its lamps do.")
    armed_ms: int | None = Field(
        description="How long after its start it was ready to warn, ms.", examples=[480]
    )
    faults: tuple[FaultOut, ...] = Field(description="What it finds wrong with itself.")
    clock_ok: bool = Field(description="It knows the time.", examples=[True])
    certificate: str | None = Field(
        description="How its certificate's fingerprint begins.", examples=["ab12ab12"]
    )
    renewal_error: str | None = Field(
        description="Why the last renewal of its certificate was not taken.", examples=["chain"]
    )
    crash: CrashOut | None = Field(description="What ended its work the last time.")


class TelemetryOut(_Out):
    uptime_ms: int = Field(description="How long it runs, ms.", examples=[86400000])
    heap_free: int | None = Field(description="Bytes of memory that are free.", examples=[61440])
    ticks: int | None = Field(description="Ticks since its start.", examples=[8640000])
    ticks_late: int | None = Field(description="Those that were late.", examples=[12])
    radar_frames: int | None = Field(description="Frames of the radar.", examples=[864000])
    radar_skipped_bytes: int | None = Field(description="Bytes between them that were none.", examples=[0])
    radar_bad_frames: int | None = Field(description="Frames that were damaged.", examples=[0])
    pir_edges: int | None = Field(description="What the infrared sensor told.", examples=[311])
    outbox_held: int | None = Field(description="Events that wait to be sent.", examples=[0])
    outbox_dropped: int | None = Field(description="Events that were lost for want of room.", examples=[0])
    reconnects: int | None = Field(description="Connections to the broker that were lost.", examples=[1])
    supply_mv: int | None = Field(
        description="Supply voltage, mV; null: it is not measured.", examples=[12600]
    )
    light_mv: int | None = Field(description="At the light sensor, mV; null: there is none.", examples=[1240])
    daylight: bool | None = Field(
        description="By the light sensor; null: none is configured, or it shows no day and night.",
        examples=[True],
    )
    battery_stage: int | None = Field(
        description="0 full, 1 saving, 2 low, 3 nearly empty; null: it has no battery.", examples=[0]
    )
    link: str | None = Field(description="wifi, lan or ppp; null: it does not say.", examples=["wifi"])
    rssi_dbm: int | None = Field(
        description="How strongly it hears the other end of its link; null by cable.", examples=[-61]
    )


class CurrentOut(_Out):
    """When lamp current was seen."""

    at_ms: int = Field(description="When, UTC ms since 1970.", examples=[1800000000000])
    by: str = Field(description="activation, or test: a short one by daylight.", examples=["activation"])


class SignOut(_Out):
    id: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    online: bool = Field(description="It is connected.", examples=[True])
    lamps_on: bool = Field(description="It warns right now, as far as anybody can know.", examples=[False])
    last_seen_ms: int | None = Field(
        description="When it was heard last, UTC ms since 1970.", examples=[1800000000000]
    )
    offline_since_ms: int | None = Field(
        description="When the broker said that it is gone; null: it is not, UTC ms since 1970.",
        examples=[1800000000000],
    )
    status: StatusOut | None = Field(description="What it said of itself last; null: nothing yet.")
    telemetry: TelemetryOut | None = Field(
        description="Its counters since its start; null: none since the controller started."
    )
    presence: Annotated[
        str,
        Field(
            description="fine, patchy (events are missing), silent, offline, off_by_day or unknown.",
            examples=["fine"],
        ),
    ]
    quiet_limit_ms: Annotated[
        int | None,
        Field(
            description="How long it may say nothing before it is silent; null: not watched.",
            examples=[90000],
        ),
    ]
    missing_events: Annotated[int, Field(description="Numbered events that did not arrive.", examples=[0])]
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


class EventOut(_Out):
    """`quality` says what `utc_ms` is: utc (sign's clock), uptime (reckoned), received (it was before),
    doubtful (what the sign says cannot be)."""

    id: int = Field(description="Ascends in the order of storing.", examples=[4711])
    sign: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    incarnation: str = Field(
        description="The identity that the sign was given when it was flashed.", examples=["9f3ac01b"]
    )
    boot: int = Field(description="The boot that it happened in.", examples=[17])
    seq: int = Field(description="Its number within the boot.", examples=[3])
    kind: str = Field(description="What happened.", examples=["activation_on"])
    utc_ms: int = Field(description="When it happened, UTC ms since 1970.", examples=[1800000000000])
    quality: str = Field(
        description="utc: by the sign's clock; uptime: reckoned from its uptime; received: it was before; "
        "doubtful: what the sign says cannot be, this is when it was heard of, and no sum counts it.",
        examples=["utc"],
    )
    up_ms: int = Field(description="The uptime when it happened, ms.", examples=[4200])
    received_ms: int = Field(
        description="When the controller heard of it, UTC ms since 1970.", examples=[1800000000000]
    )
    detail: dict[str, str | int | float | bool | None] = Field(
        description="What else the sign wrote.", examples=[{"reason": "approach"}]
    )

    @classmethod
    def of(cls, event: SignEvent) -> Self:
        return cls.model_validate(event._asdict() | {"sign": str(event.sign), "detail": dict(event.detail)})


class DroppedOut(BaseModel):
    """What a reader of /live was not told."""

    count: int | None = Field(description="How many changes; null: nobody knows.", examples=[12])
    why: str = Field(
        description="Why, and what to do.", examples=["you read too slowly: read the lists again"]
    )


class AliveOut(BaseModel):
    """The process answers."""

    alive: bool = Field(description="Always true.", examples=[True])


class ReadyOut(BaseModel):
    """Whether the controller can do its work."""

    ready: bool = Field(description="It can.", examples=[False])
    reasons: tuple[str, ...] = Field(
        description="Why it cannot, without secrets.", examples=[["not connected to the broker"]]
    )
