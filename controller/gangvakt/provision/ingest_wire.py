"""What the controller tells of messages that it could not read, and of events that did not arrive."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DeadLetterOut(_Out):
    """A message that could not be read: what arrived, where, and why it was refused. It stands for all on
    its topic that were refused for the same reason."""

    id: int = Field(description="Its number, never given twice.", examples=[17])
    count: int = Field(description="How often it has come.", examples=[41])
    first_ms: int = Field(description="When it came first, UTC ms since 1970.", examples=[1799999200000])
    received_ms: int = Field(description="When it came last, UTC ms since 1970.", examples=[1800000000000])
    topic: str = Field(
        description="Where it was published.", examples=["gangvakt/v1/drammen/storgata/north/event"]
    )
    reason: str = Field(description="Why it was refused.", examples=["message: v is 2; allowed: 1"])
    size: int = Field(description="Bytes that arrived last.", examples=[812])
    payload: str = Field(
        description="How that begins, at most 4096 bytes; what is no UTF-8 stands as \\xNN.",
        examples=['{"v": 2}'],
    )


class GapOut(_Out):
    """Events that a sign has numbered and that are not stored."""

    first_seq: int = Field(description="The number of the first of them.", examples=[18])
    last_seq: int = Field(description="That of the last.", examples=[19])


class BootOut(_Out):
    """One boot of a sign, as far as its events are stored."""

    incarnation: str = Field(
        description="The identity that the sign was given when it was flashed.", examples=["9f3ac01b"]
    )
    boot: int = Field(description="Which boot, counted since it was flashed.", examples=[17])
    first_seq: int = Field(description="The lowest number that is stored.", examples=[1])
    last_seq: int = Field(description="The highest number that is stored.", examples=[311])
    stored: int = Field(description="How many events are stored.", examples=[309])
    missing: int = Field(description="How many between them are not.", examples=[2])
    gaps: tuple[GapOut, ...] = Field(
        description="Which, ascending; the first 100 gaps.",
        examples=[[{"first_seq": 18, "last_seq": 19}]],
    )


class GapsOut(_Out):
    """Which numbered events of a sign are not stored. One that comes late fills its gap."""

    sign: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    missing: int = Field(description="How many, in all boots below.", examples=[2])
    boots: tuple[BootOut, ...] = Field(description="Its newest 20 boots, newest first.")
