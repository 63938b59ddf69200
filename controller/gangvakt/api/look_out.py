"""What a sign that is watched sees, as readers of /live are told it."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from gangvakt.fleet import Look, SignId


class LookTrackOut(BaseModel):
    """Somebody whom the sign follows, in mm and mm/s in the plane of its kerb line."""

    id: int = Field(description="The sign's own number, for as long as it follows somebody.", examples=[7])
    along_mm: int = Field(description="Along the kerb line, from its first end.", examples=[1700])
    across_mm: int = Field(description="Across it, negative on the pavement.", examples=[-1500])
    along_mm_s: int = Field(examples=[100])
    across_mm_s: int = Field(description="Positive towards the road.", examples=[1200])
    kind: str = Field(description="not_sure, person or vehicle.", examples=["person"])
    doing: str = Field(
        description="stepping_out, waiting or crossing, for which it warns; heading, passing, on_road, "
        "vehicle, not_sure.",
        examples=["stepping_out"],
    )


class LookOut(BaseModel):
    """One picture; nothing of it is stored."""

    sign: str = Field(description="`municipality/site/sign`", examples=["drammen/storgata/30aea4120001"])
    received_ms: int = Field(description="UTC ms since 1970.", examples=[1800000000000])
    left_s: int = Field(description="For how long there will be pictures.", examples=[42])
    reason: str = Field(description="Why it warns, or would.", examples=["approach"])
    track: int = Field(description="Who that is; 0 where it is none of `tracks`.", examples=[7])
    t_kerb_ms: int | None = Field(description="Until it is at the kerb.", examples=[1100])
    warns: bool = Field(description="The decision; `lamps` is what they do.")
    lamps: bool
    pir: bool
    winter: bool
    is_shadow: bool
    ranges_mm: tuple[int, ...] = Field(description="How far away radars without angle see somebody.")
    tracks: tuple[LookTrackOut, ...]

    @classmethod
    def of(cls, sign: SignId, look: Look) -> Self:
        own = {name: getattr(look, name) for name in cls.model_fields if name not in ("sign", "tracks")}
        tracks = tuple(
            LookTrackOut(
                id=one.ident,
                along_mm=one.along_mm,
                across_mm=one.across_mm,
                along_mm_s=one.along_mm_s,
                across_mm_s=one.across_mm_s,
                kind=one.kind.name.lower(),
                doing=look.doing(one).value,
            )
            for one in look.tracks
        )
        return cls(sign=str(sign), tracks=tracks, **own)
