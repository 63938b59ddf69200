"""What commands and the controller tell each other about the audit and about second people. UTC ms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from gangvakt.fleet.pair_states import PairState

TEXT_PATTERN = r"^[^\x00-\x1f\x7f]*$"
KIND_PATTERN = r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$"
HIGHEST_NUMBER = 2**31 - 1
MOST_FIELDS = 100

PairWord = Literal["asked", "approved", "done", "failed", "refused", "expired"]
assert {state.value for state in PairState} == {"new", *get_args(PairWord)}

Kind = Annotated[
    str,
    Field(max_length=32, pattern=KIND_PATTERN, description="What shall be done.", examples=["update.sign"]),
]
Subject = Annotated[
    str,
    Field(
        min_length=1,
        max_length=160,
        pattern=TEXT_PATTERN,
        description="What it shall be done to.",
        examples=["esp32-devkitc 1.4.0"],
    ),
]
Data = Annotated[
    dict[str, Any],
    Field(max_length=MOST_FIELDS, description="What it needs.", examples=[{"sha256": "9f86d081884c7d65"}]),
]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class AuditRowOut(_Out):
    """What somebody did."""

    number: int = Field(description="Counts up without a gap.", examples=[1207])
    at_ms: int = Field(description="When.", examples=[1764230400000])
    who: str = Field(description="A user, a program, or `person 7` once he is forgotten.", examples=["kari"])
    action: str = Field(description="What was done.", examples=["site.change"])
    subject: str = Field(description="What it was done to.", examples=["drammen/storgata"])
    before: Mapping[str, Any] | None = Field(description="How it was.", examples=[{"title": "Storgata"}])
    after: Mapping[str, Any] | None = Field(description="How it is.", examples=[{"title": "Storgata 1"}])
    hash: str = Field(description="SHA-256 over this row and the hash before it.", examples=["ab" * 32])


class AskIn(_In):
    kind: Kind
    subject: Subject
    data: Data = Field(default_factory=dict)


class TakeIn(_In):
    kind: Kind
    subject: Subject


class FinishIn(_In):
    ok: bool = Field(description="Whether it worked.", examples=[True])
    result: Data = Field(default_factory=dict)


class PairOut(_Out):
    """Something that takes two people."""

    id: int = Field(description="Its number.", examples=[17])
    kind: str = Field(description="What shall be done.", examples=["update.sign"])
    subject: str = Field(description="What it shall be done to.", examples=["esp32-devkitc 1.4.0"])
    municipality: str = Field(description="Where; `*` for all of them.", examples=["*"])
    data: Mapping[str, Any] = Field(description="What it needs.", examples=[{"sha256": "9f86d081884c7d65"}])
    state: PairWord = Field(description="What became of it.", examples=["asked"])
    asked_by: str = Field(description="The first person.", examples=["kari"])
    asked_ms: int = Field(description="When it was asked for.", examples=[1764230400000])
    expires_ms: int = Field(description="Until when it may be approved.", examples=[1764316800000])
    decided_by: str | None = Field(description="Who approved or refused it.", examples=["ola"])
    decided_ms: int | None = Field(description="When that was.", examples=[1764234000000])
    result: Mapping[str, Any] | None = Field(description="What came of it.", examples=[{"signs": 12}])
