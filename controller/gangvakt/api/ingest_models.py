"""What the REST interface gives of the events that are missing."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from gangvakt.fleet import SignId
from gangvakt.store.gaps import MOST_GAPS, MOST_LIVES, Life


class GapOut(BaseModel):
    """Events that a sign has numbered and that are not stored."""

    first_seq: int = Field(description="The number of the first of them.", examples=[18])
    last_seq: int = Field(description="That of the last.", examples=[19])


class LifeOut(BaseModel):
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
        description=f"Which, ascending; the first {MOST_GAPS} gaps.",
        examples=[[{"first_seq": 18, "last_seq": 19}]],
    )

    @classmethod
    def of(cls, life: Life) -> Self:
        gaps = tuple(GapOut(first_seq=first, last_seq=last) for first, last in life.gaps)
        return cls(**{name: value for name, value in vars(life).items() if name in cls.model_fields} | {
            "missing": life.missing, "gaps": gaps,
        })


class GapsOut(BaseModel):
    """Which numbered events of a sign are not stored. One that comes late fills its gap."""

    sign: str = Field(
        description="The sign, `municipality/site/sign`.", examples=["drammen/storgata/30aea4120001"]
    )
    missing: int = Field(description="How many, in all boots below.", examples=[2])
    boots: tuple[LifeOut, ...] = Field(description=f"Its newest {MOST_LIVES} boots, newest first.")

    @classmethod
    def of(cls, sign: SignId, lives: tuple[Life, ...]) -> Self:
        missing = sum(life.missing for life in lives)
        return cls(sign=str(sign), missing=missing, boots=tuple(map(LifeOut.of, lives)))
