"""What a LD2450 loses and invents, as numbers."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gangvakt_sim.errors import LossesError
from gangvakt_sim.world.refusal import first_refusal

TABLE = "ld2450"

Share = Annotated[float, Field(ge=0, lt=1)]
Seconds = Annotated[float, Field(ge=0, le=60)]
Frames = Annotated[int, Field(ge=1, le=100)]


class Ld2450Losses(BaseModel):
    """Losses of one module; the defaults are those measured and reported for real ones, not kinder ones."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    radial_sigma_mm: Annotated[float, Field(ge=0, le=1000)] = 60.0
    angle_sigma_deg: Annotated[float, Field(ge=0, le=30)] = 2.5
    noise_correlation: Share = 0.7  # from frame to frame
    latency_ms: Annotated[float, Field(ge=0, le=1000)] = 150.0  # a frame shows the state of that long ago
    dropout: Share = 0.03  # chance per frame and target that a burst begins
    dropout_frames: Annotated[float, Field(ge=1, le=100)] = 4.0  # mean length of a burst
    still_speed_mm_s: Annotated[float, Field(ge=0, le=2000)] = 150.0
    still_lost_s: Annotated[tuple[Seconds, Seconds], Field(strict=False)] = (
        1.0,
        2.0,
    )  # slower targets go after that
    edge_loss: Share = 0.3  # extra chance per frame near the fan's edge
    edge_range_m: Annotated[float, Field(ge=0, le=100)] = 5.0
    edge_angle_deg: Annotated[float, Field(ge=0, le=90)] = 50.0
    merge_distance_mm: Annotated[float, Field(ge=0, le=5000)] = (
        500.0  # two people closer than that appear as one
    )
    ghosts_per_min: Annotated[float, Field(ge=0, le=600)] = 0.2
    ghost_frames: Annotated[tuple[Frames, Frames], Field(strict=False)] = (3, 10)
    stale_slot: Share = 0.05  # chance that a freed slot keeps its coordinates
    slot_swap: Share = 0.02  # chance per frame that two slots change places

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name in ("still_lost_s", "ghost_frames"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be [least, most]")
        return self


REAL = Ld2450Losses()
NONE = Ld2450Losses(  # a radar that does not exist: for tests of what stands behind the radar
    radial_sigma_mm=0.0,
    angle_sigma_deg=0.0,
    noise_correlation=0.0,
    latency_ms=0.0,
    dropout=0.0,
    still_speed_mm_s=0.0,
    edge_loss=0.0,
    merge_distance_mm=0.0,
    ghosts_per_min=0.0,
    stale_slot=0.0,
    slot_swap=0.0,
)


def load_losses(path: Path) -> Ld2450Losses:
    """The table `[ld2450]` of a TOML file of stalls and losses; what it leaves out keeps its default.

    LossesError names the file, the field, the value found and what is allowed.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return Ld2450Losses.model_validate(document.get(TABLE, {}))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LossesError(str(path), "file", str(error), "a readable TOML file in UTF-8") from error
    except ValidationError as error:
        field, value, allowed = first_refusal(Ld2450Losses, error)
        raise LossesError(str(path), f"{TABLE}.{field}", value, allowed) from error
